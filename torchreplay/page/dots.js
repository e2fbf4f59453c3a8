// Data points: the order in which they are drawn, their markers, and an image of many of them, fast.

import { discPath } from "./shapes.js";

const LAYERS = 5; // of points of a class
const REACH = 4; // pixels of a marker, from its middle
const FAINT = 0.13; // of a point that is not selected

// Markers as paths, and how deep within one a place is: a disc, and a cross of two bars.
export const MARKERS = {
  o: { path: discPath(2.9), depth: (x, y) => 2.9 - Math.sqrt(x * x + y * y) },
  X: {
    path: "m0 1.6l1.6 1.6 1.6-1.6-1.6-1.6 1.6-1.6-1.6-1.6-1.6 1.6-1.6-1.6-1.6 1.6 1.6 1.6-1.6 1.6 1.6 1.6z",
    depth: (x, y) => {
      const [a, b] = [Math.abs(x + y), Math.abs(x - y)];
      return Math.min(4.8 - Math.max(a, b), 1.6 - Math.min(a, b)) * Math.SQRT1_2;
    },
  },
};

// A layer of either class in turn, so that none covers the other.
export function interleaved(label) {
  const counts = [0, 0];
  const ranks = Array.from(label, (t) => counts[t]++);
  const layer = (n) => 2 * Math.floor((LAYERS * ranks[n]) / counts[label[n]]) + label[n];
  return [...label.keys()].sort((one, other) => layer(one) - layer(other));
}

// Points as paths, one for each run of a class.
export function dotPaths({ pixels, order, label, chosen }, { points, markers }) {
  const paths = [];
  for (const n of order.filter((n) => !chosen || chosen[n])) {
    const fill = points[label[n]];
    if (paths.at(-1)?.fill !== fill) paths.push({ fill, d: "" });
    paths.at(-1).d += `M${pixels[n].map((v) => v.toFixed(2))}${MARKERS[markers[label[n]]].path}`;
  }
  return paths;
}

// Draw points on a canvas of their own, pixel by pixel. Where markers overlap, a pixel shows that
// which covers more of it.
export function drawDots(canvas, ratio, { pixels, order, label, chosen }, { points, markers }) {
  const { width, height } = canvas;
  const image = new ImageData(width, height);
  const drawn = new Uint32Array(image.data.buffer);
  const colors = points.map((color) => parseInt(color.slice(5) + color.slice(3, 5) + color.slice(1, 3), 16));
  const reach = REACH * ratio;
  for (const n of order) {
    const [x, y] = pixels[n].map((v) => v * ratio);
    const { depth } = MARKERS[markers[label[n]]];
    const most = chosen && !chosen[n] ? 255 * FAINT : 255;
    for (let j = Math.max(Math.floor(y - reach), 0); j < Math.min(y + reach, height); j++) {
      for (let i = Math.max(Math.floor(x - reach), 0); i < Math.min(x + reach, width); i++) {
        const alpha = most * Math.min(depth((i + 0.5 - x) / ratio, (j + 0.5 - y) / ratio) * ratio + 0.5, 1);
        const at = j * width + i;
        if (alpha >= 1 && alpha >= drawn[at] >>> 24) drawn[at] = (alpha << 24) | colors[label[n]];
      }
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
