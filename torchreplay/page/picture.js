// The present view as a picture of its own: SVG, or PNG at twice the size.

import { dotPaths } from "./dots.js";
import { boxPath, discPath, paint, tag, written } from "./shapes.js";
import { element } from "./text.js";

const HEAD = 40; // pixels above the spaces, for the title

// Save a picture of some name. shown: of each space the Space, its scene, its points and a mark.
export async function savePicture(name, kind, shown, title, ink) {
  const [{ width: step, height: below }] = shown[0];
  const [width, height] = [shown.length * step, HEAD + below];
  const text = { text: title, x: 64, y: 26, anchor: "start", size: 16, fill: ink.text };
  const head = { box: [0, 0, width, height], shapes: [{ d: boxPath([0, 0, width, height]), fill: ink.paper }, text] };
  const spaces = shown.map(([space, scene, points, mark], k) => {
    const groups = space.groups(scene, points, dotPaths(points, ink), ink);
    if (mark) groups.at(-1).shapes.push(...markShapes(mark, ink));
    return { x: k * step, y: HEAD, groups };
  });
  const parts = [{ x: 0, y: 0, groups: [head] }, ...spaces];
  const blob = await (kind === "svg" ? drawing : pixels)(width, height, parts);
  const link = Object.assign(element("a"), { download: `${name}.${kind}`, href: URL.createObjectURL(blob) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function markShapes({ pixel: [x, y], text }, { text: fill, line: stroke }) {
  return [{ d: `M${x} ${y}${discPath(8)}`, stroke, width: 3 }, { text, x, y: y < 40 ? y + 26 : y - 14, fill }];
}

function drawing(width, height, parts) {
  const inner = parts.map(({ x, y, groups }) => tag("g", { transform: `translate(${x} ${y})` }, groups.map(written).join("")));
  const text = tag("svg", { xmlns: "http://www.w3.org/2000/svg", width, height }, inner.join(""));
  return new Blob([text], { type: "image/svg+xml" });
}

function pixels(width, height, parts) {
  const canvas = Object.assign(element("canvas"), { width: 2 * width, height: 2 * height });
  const pen = canvas.getContext("2d");
  for (const { x, y, groups } of parts) {
    pen.setTransform(2, 0, 0, 2, 2 * x, 2 * y);
    groups.forEach((group) => paint(pen, group));
  }
  return new Promise((done) => canvas.toBlob(done));
}
