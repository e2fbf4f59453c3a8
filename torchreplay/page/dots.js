// Data points: the order in which they are drawn, their markers, and an image of many of them, fast.

import { pairAt } from "./geometry.js";
import { discPath } from "./shapes.js";

const LAYERS = 5; // of points of a class
const SHIFTS = 4; // of a marker within a pixel, along either axis
const REACH = 4; // pixels of a marker, from its middle
const FAINT = 3; // halvings of a point that is not selected

// Markers as paths, and how deep within one a place is: a disc, and a cross of two bars.
export const MARKERS = {
  o: { path: discPath(2.9), depth: (x, y) => 2.9 - Math.hypot(x, y) },
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
  for (const n of order) {
    const fill = points[label[n]] + (chosen && !chosen[n] ? "20" : "");
    if (paths.at(-1)?.fill !== fill) paths.push({ fill, d: "" });
    paths.at(-1).d += `M${pairAt(pixels, n).map((v) => v.toFixed(2))}${MARKERS[markers[label[n]]].path}`;
  }
  return paths;
}

// A marker at each of its shifts: the pixels around its middle, and how much of them it covers.
const made = new Map();
function stamps(kind, ratio, width) {
  const key = [kind, ratio, width].join();
  if (!made.has(key)) made.set(key, makeStamps(MARKERS[kind], ratio, width));
  return made.get(key);
}

function makeStamps({ depth }, ratio, width) {
  const reach = Math.ceil(REACH * ratio);
  const around = Array.from({ length: 2 * reach }, (_, k) => k - reach);
  return Array.from({ length: SHIFTS ** 2 }, (_, shift) => {
    const [x, y] = [(shift % SHIFTS) / SHIFTS, Math.floor(shift / SHIFTS) / SHIFTS];
    const cover = (i, j) => Math.min(depth((i + 0.5 - x) / ratio, (j + 0.5 - y) / ratio) * ratio + 0.5, 1);
    const places = around.flatMap((j) => around.map((i) => [i, j])).filter((place) => cover(...place) > 0);
    return {
      offsets: Int32Array.from(places, ([i, j]) => j * width + i),
      alphas: Uint8Array.from(places, (place) => 255 * cover(...place)),
    };
  });
}

// Draw points on a canvas of their own, pixel by pixel in its `image`. Where markers overlap, a pixel
// shows that which covers more of it. Half a marker beyond the rim is not seen.
export function drawDots(canvas, image, ratio, { pixels, order, label, chosen }, { points, markers }) {
  const { width, height } = canvas;
  const drawn = new Uint32Array(image.data.buffer).fill(0);
  const colors = points.map((color) => parseInt(color.slice(5) + color.slice(3, 5) + color.slice(1, 3), 16));
  const kinds = markers.map((kind) => stamps(kind, ratio, width));
  for (const n of order) {
    const x = Math.round(pixels[2 * n] * ratio * SHIFTS);
    const y = Math.round(pixels[2 * n + 1] * ratio * SHIFTS);
    if (!(x >= 0 && x < width * SHIFTS && y >= 0 && y < height * SHIFTS)) continue;
    const { offsets, alphas } = kinds[label[n]][(x % SHIFTS) + SHIFTS * (y % SHIFTS)];
    const middle = Math.floor(y / SHIFTS) * width + Math.floor(x / SHIFTS);
    const faint = chosen && !chosen[n] ? FAINT : 0;
    for (let k = 0; k < offsets.length; k++) {
      const [at, alpha] = [middle + offsets[k], alphas[k] >> faint];
      if (alpha >= drawn[at] >>> 24) drawn[at] = (alpha << 24) | colors[label[n]];
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
