// Data points: the order in which they are drawn, their markers, and an image of many of them, fast.

import { ceil, floor, pairAt, round } from "./geometry.js";
import { points } from "./record.js";
import { discPath } from "./shapes.js";
import { range } from "./text.js";

const LAYERS = 5; // of points of a class
const SHIFTS = 4; // of a marker within a pixel, along either axis
const REACH = 5; // pixels of a marker, from its middle
const FAINT = 3; // halvings of a point that is not selected
const EDGE = 1.2; // pixels, around a point that is held out, which is hollow

// Markers, and larger ones that are hollow: a disc, and a cross of two bars.
export const MARKERS = {
  o: [2.9, 3.6].map(discPath),
  X: [1.6, 2].map((size) => "m0 1l1 1 1-1-1-1 1-1-1-1-1 1-1-1-1 1 1 1-1 1 1 1z".replace(/1/g, size)),
};

const { label, held } = points;
export const order = interleaved(Array.from(label, (t, n) => t + 2 * held[n]));

// A layer of each group in turn, so that none covers the others.
function interleaved(groups) {
  const counts = [0, 0, 0, 0];
  const ranks = groups.map((group) => counts[group]++);
  const layer = (n) => 4 * floor((LAYERS * ranks[n]) / counts[groups[n]]) + groups[n];
  return [...groups.keys()].sort((one, other) => layer(one) - layer(other));
}

// Points as paths, one for each run of points that look alike.
export function dotPaths({ pixels, chosen }, { points: colors, markers, paper }) {
  const paths = [];
  for (const n of order) {
    const color = colors[label[n]] + (chosen && !chosen[n] ? "20" : "");
    const [fill, stroke] = held[n] ? [paper, color] : [color, "none"];
    const last = paths.at(-1);
    if (last?.fill !== fill || last.stroke !== stroke) paths.push({ fill, stroke, width: EDGE, d: "" });
    paths.at(-1).d += `M${pairAt(pixels, n).map((v) => v.toFixed(2))}${MARKERS[markers[label[n]]][held[n]]}`;
  }
  return paths;
}

// A marker at each of its shifts: the pixels around its middle, and how much of them it covers.
// Its edge may be added to it, or taken from it.
const made = {};
const stamps = (...look) => (made[look] ??= makeStamps(...look));

function makeStamps(marker, edge, ratio, width) {
  const reach = ceil(REACH * ratio);
  const path = new Path2D(marker);
  return range(SHIFTS ** 2, (shift) => {
    const pen = new OffscreenCanvas(2 * reach, 2 * reach).getContext("2d");
    const [x, y] = [shift % SHIFTS, floor(shift / SHIFTS)].map((part) => reach + part / SHIFTS);
    pen.setTransform(ratio, 0, 0, ratio, x, y);
    pen.lineWidth = EDGE;
    pen.fill(path);
    pen.globalCompositeOperation = edge;
    if (edge) pen.stroke(path);
    const { data } = pen.getImageData(0, 0, 2 * reach, 2 * reach);
    const alphas = data.filter((_, k) => k % 4 === 3);
    const covered = [...alphas.keys()].filter((k) => alphas[k]);
    return {
      offsets: covered.map((k) => (floor(k / 2 / reach) - reach) * width + (k % (2 * reach)) - reach),
      alphas: alphas.filter((alpha) => alpha),
    };
  });
}

// Draw points on a canvas of their own, pixel by pixel in its `image`. Where markers overlap, a pixel
// shows that which covers more of it. Half a marker beyond the rim is not seen.
export function drawDots(canvas, image, ratio, { pixels, chosen }, { points: colors, markers, paper }) {
  const { width, height } = canvas;
  const drawn = new Uint32Array(image.data.buffer).fill(0);
  const layer = (t, edge, color) => ({
    shifts: stamps(MARKERS[markers[t]][edge ? 1 : 0], edge, ratio, width),
    color: parseInt(color.slice(5) + color.slice(3, 5) + color.slice(1, 3), 16),
  });
  const whole = colors.map((color, t) => [layer(t, "", color)]);
  const hollow = colors.map((color, t) => [layer(t, "source-over", color), layer(t, "destination-out", paper)]);
  for (const n of order) {
    const x = round(pixels[2 * n] * ratio * SHIFTS);
    const y = round(pixels[2 * n + 1] * ratio * SHIFTS);
    if (!(x >= 0 && x < width * SHIFTS && y >= 0 && y < height * SHIFTS)) continue;
    const middle = floor(y / SHIFTS) * width + floor(x / SHIFTS);
    const faint = chosen && !chosen[n] ? FAINT : 0;
    for (const { shifts, color } of (held[n] ? hollow : whole)[label[n]]) {
      const { offsets, alphas } = shifts[(x % SHIFTS) + SHIFTS * (y % SHIFTS)];
      for (let k = 0; k < offsets.length; k++) {
        const [at, alpha] = [middle + offsets[k], alphas[k] >> faint];
        if (alpha >= drawn[at] >>> 24) drawn[at] = (alpha << 24) | color;
      }
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
