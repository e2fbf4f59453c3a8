// Data points: the order in which they are drawn, their markers, and an image of many of them, fast.

import { abs, ceil, floor, hypot, max, min, pairAt, round } from "./geometry.js";
import { points } from "./record.js";
import { discPath } from "./shapes.js";
import { range } from "./text.js";

const LAYERS = 5; // into which the points of a class are split
const SHIFTS = 4; // of a marker within a pixel, along each axis
const REACH = 5; // pixels from the middle of a marker to its rim, at most
const FAINT = 3; // how often the opacity of a point that is not selected is halved
const HOLLOW = 1.25; // size of points held out / size of others
const EDGE = 1.2; // pixels, of the rim of points held out

// Markers of some size as paths, and how deep within one a place is: a disc, and a cross of two bars.
const MARKERS = {
  o: { size: 2.9, path: discPath, depth: (size, x, y) => size - hypot(x, y) },
  X: {
    size: 1.6,
    path: (size) => "m0 1l1 1 1-1-1-1 1-1-1-1-1 1-1-1-1 1 1 1-1 1 1 1z".replace(/1/g, size),
    depth: (size, x, y) => {
      const [a, b] = [abs(x + y), abs(x - y)];
      return min(3 * size - max(a, b), size - min(a, b)) * Math.SQRT1_2;
    },
  },
};
const sizeOf = (kind, isHollow) => MARKERS[kind].size * (isHollow ? HOLLOW : 1);
export const markerPath = (kind, isHollow) => MARKERS[kind].path(sizeOf(kind, isHollow));

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
    paths.at(-1).d += `M${pairAt(pixels, n).map((v) => v.toFixed(2))}${markerPath(markers[label[n]], held[n])}`;
  }
  return paths;
}

// A marker at each of its shifts: the pixels around its middle, and how much of them it covers.
// A hollow one is larger by half its edge, and what is within it smaller.
const made = {};
const stamps = (...look) => (made[look] ??= makeStamps(...look));

function makeStamps(kind, larger, ratio, width) {
  const size = sizeOf(kind, larger);
  const reach = ceil(REACH * ratio);
  const around = range(2 * reach, (k) => k - reach);
  return range(SHIFTS ** 2, (shift) => {
    const [x, y] = [(shift % SHIFTS) / SHIFTS, floor(shift / SHIFTS) / SHIFTS];
    const depth = (i, j) => MARKERS[kind].depth(size, (i + 0.5 - x) / ratio, (j + 0.5 - y) / ratio) + larger;
    const cover = (place) => min(depth(...place) * ratio + 0.5, 1);
    const places = around.flatMap((j) => around.map((i) => [i, j])).filter((place) => cover(place) > 0);
    return {
      offsets: Int32Array.from(places, ([i, j]) => j * width + i),
      alphas: Uint8Array.from(places, (place) => 255 * cover(place)),
    };
  });
}

// Draw points on a canvas of their own, pixel by pixel in its `image`. Where markers overlap, a pixel
// shows that which covers more of it. Half a marker beyond the rim is not seen.
export function drawDots(canvas, image, ratio, { pixels, chosen }, { points: colors, markers, paper }) {
  const { width, height } = canvas;
  const drawn = new Uint32Array(image.data.buffer).fill(0);
  const layer = (t, larger, color) => ({
    shifts: stamps(markers[t], larger, ratio, width),
    color: parseInt(color.slice(5) + color.slice(3, 5) + color.slice(1, 3), 16),
  });
  const whole = colors.map((color, t) => [layer(t, 0, color)]);
  const hollow = colors.map((color, t) => [layer(t, EDGE / 2, color), layer(t, -EDGE / 2, paper)]);
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
