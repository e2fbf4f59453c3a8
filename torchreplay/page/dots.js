// Data points: the order in which they are drawn, and an image of many of them, fast.

import { ceil, floor, min, pairAt, round } from "./geometry.js";
import { markerDepth, markerPath } from "./markers.js";
import { task } from "./record.js";
import { range } from "./text.js";

const LAYERS = 5; // into which the points of a class are split
const SHIFTS = 4; // of a marker within a pixel, along each axis
const REACH = 7; // pixels from the middle of a marker to its rim, at most
const FAINT = 3; // how often the opacity of a point that is not selected is halved

// A factor of the size of points, and the pixels of their outline and of the edge of those held out. In
// regression points have the colors of the ground: they are larger, with an outline.
const [LARGER, OUTLINE, EDGE] = task.criterion ? [1.5, 1, 1.8] : [1, 0, 1.2];

export const pointPath = (kind, isHollow) => markerPath(kind, isHollow, LARGER);
export const order = (points) => (points.order ??= interleaved(points));

// A layer of each group in turn, so that none covers the others.
function interleaved({ group, held }) {
  const most = 2 * task.areas;
  const groups = group.map((area, n) => area + task.areas * held[n]);
  const counts = Array(most).fill(0);
  const ranks = groups.map((group) => counts[group]++);
  const layer = (n) => most * floor((LAYERS * ranks[n]) / counts[groups[n]]) + groups[n];
  return [...groups.keys()].sort((one, other) => layer(one) - layer(other));
}

// Points as paths, one for each run of points that look alike.
export function dotPaths({ points, pixels, chosen }, { points: colors, markers, paper, line }) {
  const { group, held } = points;
  const paths = [];
  for (const n of order(points)) {
    if (isNaN(pixels[2 * n])) continue; // it has no place
    const faint = chosen && !chosen[n] ? "20" : "";
    const color = colors[group[n]] + faint;
    const [fill, stroke] = held[n] ? [paper, color] : [color, OUTLINE ? line + faint : "none"];
    const last = paths.at(-1);
    if (last?.fill !== fill || last.stroke !== stroke) paths.push({ fill, stroke, width: held[n] ? EDGE : OUTLINE, d: "" });
    paths.at(-1).d += `M${pairAt(pixels, n).map((v) => v.toFixed(2))}${pointPath(markers[group[n]], held[n])}`;
  }
  return paths;
}

// A marker at each of its shifts: the pixels around its middle, and how much of them it covers.
// A hollow one is an edge around a smaller marker of the color of paper.
const made = {};
const stamps = (...look) => (made[look] ??= makeStamps(...look));

function makeStamps(kind, isHollow, larger, ratio, width) {
  const within = markerDepth(kind, isHollow, LARGER);
  const reach = ceil(REACH * ratio);
  const around = range(2 * reach, (k) => k - reach);
  return range(SHIFTS ** 2, (shift) => {
    const [x, y] = [(shift % SHIFTS) / SHIFTS, floor(shift / SHIFTS) / SHIFTS];
    const depth = (i, j) => within((i + 0.5 - x) / ratio, (j + 0.5 - y) / ratio) + larger;
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
export function drawDots(canvas, image, ratio, { points, pixels, chosen }, { points: colors, markers, paper, line }) {
  const { group, held } = points;
  const { width, height } = canvas;
  const drawn = new Uint32Array(image.data.buffer).fill(0);
  // Markers one over another, each larger by some pixels and of a color.
  const layers = (t, isHollow, ...discs) => discs.map(([larger, color]) => ({
    shifts: stamps(markers[t], isHollow, larger, ratio, width),
    color: parseInt(color.slice(5) + color.slice(3, 5) + color.slice(1, 3), 16),
  }));
  const outline = OUTLINE ? [[0, line]] : [];
  const rim = OUTLINE ? -OUTLINE : EDGE / 2;
  const whole = colors.map((color, t) => layers(t, false, ...outline, [-OUTLINE, color]));
  const hollow = colors.map((color, t) => layers(t, true, ...outline, [rim, color], [rim - EDGE, paper]));
  for (const n of order(points)) {
    const x = round(pixels[2 * n] * ratio * SHIFTS);
    const y = round(pixels[2 * n + 1] * ratio * SHIFTS);
    if (!(x >= 0 && x < width * SHIFTS && y >= 0 && y < height * SHIFTS)) continue;
    const middle = floor(y / SHIFTS) * width + floor(x / SHIFTS);
    const faint = chosen && !chosen[n] ? FAINT : 0;
    for (const { shifts, color } of (held[n] ? hollow : whole)[group[n]]) {
      const { offsets, alphas } = shifts[(x % SHIFTS) + SHIFTS * (y % SHIFTS)];
      for (let k = 0; k < offsets.length; k++) {
        const [at, alpha] = [middle + offsets[k], alphas[k] >> faint];
        if (alpha >= drawn[at] >>> 24) drawn[at] = (alpha << 24) | color;
      }
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
