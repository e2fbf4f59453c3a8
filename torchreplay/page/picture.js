// The present view as a picture of its own: SVG, or PNG at twice the size.

import { dotPaths } from "./dots.js";
import { boxPath, paint, tag, write } from "./shapes.js";
import { element } from "./text.js";

const HEAD = 40; // pixels above the spaces, for the title

// Save a picture of some name. shown: of each space the Space, its scene and its points.
export async function savePicture(name, kind, shown, title, ink) {
  const [width, height] = [shown.reduce((sum, [space]) => sum + space.width, 0), HEAD + shown[0][0].height];
  const box = [0, 0, width, height];
  const head = { text: title, x: 64, y: 26, align: "left", size: 16, fill: ink.text };
  const parts = [{ at: [0, 0], groups: [{ box, shapes: [{ d: boxPath(box), fill: ink.paper }, head] }] }];
  shown.forEach(([space, scene, points], k) => {
    const dots = dotPaths(points, (n) => space.pixelOf(points.images, n), ink);
    parts.push({ at: [k * space.width, HEAD], groups: space.groups(scene, points, dots, ink) });
  });
  const link = element("a", { download: `${name}.${kind}` });
  link.href = URL.createObjectURL(kind === "svg" ? drawing(width, height, parts) : await pixels(width, height, parts));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function drawing(width, height, parts) {
  const written = parts.map(({ at, groups }) => tag("g", { transform: `translate(${at})` }, groups.map(write).join("")));
  const text = tag("svg", { xmlns: "http://www.w3.org/2000/svg", width, height }, written.join(""));
  return new Blob([text], { type: "image/svg+xml" });
}

function pixels(width, height, parts) {
  const canvas = new OffscreenCanvas(2 * width, 2 * height);
  const pen = canvas.getContext("2d");
  for (const { at: [x, y], groups } of parts) {
    pen.setTransform(2, 0, 0, 2, 2 * x, 2 * y);
    paint(pen, groups);
  }
  return canvas.convertToBlob();
}
