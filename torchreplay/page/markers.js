// The markers of points, in the words of matplotlib: as paths, and how deep within one a place is.

import { clamp, hypot, min } from "./geometry.js";
import { discPath } from "./shapes.js";
import { range } from "./text.js";

const HOLLOW = 1.25; // size of points held out / size of others

// Their size in pixels, and their corners in units of that, right and down.
const triangle = (turn) => [[0, -1], [1, 1], [-1, 1]].map(([x, y]) => turn(x, y));
const cross = [[0, 1], [1, 2], [2, 1], [1, 0], [2, -1], [1, -2], [0, -1], [-1, -2], [-2, -1], [-1, 0], [-2, 1], [-1, 2]];
const MARKERS = {
  o: [2.9],
  X: [1.6, cross],
  s: [2.7, [[-1, -1], [1, -1], [1, 1], [-1, 1]]],
  "^": [3.3, triangle((x, y) => [x, y])],
  v: [3.3, triangle((x, y) => [-x, -y])],
  "<": [3.3, triangle((x, y) => [y, -x])],
  ">": [3.3, triangle((x, y) => [-y, x])],
  D: [3.7, [[0, -1], [1, 0], [0, 1], [-1, 0]]],
  P: [0.9, cross.map(([x, y]) => [x + y, y - x])],
  "*": [4.5, range(10, (k) => [k % 2 ? 0.382 : 1, (k * Math.PI) / 5]).map(([r, a]) => [r * Math.sin(a), -r * Math.cos(a)])],
};

// larger: a factor of the size.
const sizeOf = (kind, isHollow, larger) => MARKERS[kind][0] * larger * (isHollow ? HOLLOW : 1);

export function markerPath(kind, isHollow, larger = 1) {
  const size = sizeOf(kind, isHollow, larger);
  const corners = MARKERS[kind][1];
  if (!corners) return discPath(size);
  const ways = corners.map((corner, k) => corner.map((value, axis) => size * (value - (corners[k - 1]?.[axis] ?? 0))));
  return `m${ways.map((way) => way.map((value) => value.toFixed(2)).join(" ")).join("l")}z`;
}

// How many pixels the place (x, y) lies within a marker; less than 0 outside.
export function markerDepth(kind, isHollow, larger) {
  const size = sizeOf(kind, isHollow, larger);
  const corners = MARKERS[kind][1]?.map((corner) => corner.map((value) => value * size));
  if (!corners) return (x, y) => size - hypot(x, y);
  return (x, y) => {
    let [away, isInside] = [Infinity, false];
    corners.forEach(([ax, ay], k) => {
      const [bx, by] = corners.at(k - 1);
      const [ux, uy, px, py] = [bx - ax, by - ay, x - ax, y - ay];
      const share = clamp((px * ux + py * uy) / (ux * ux + uy * uy), 0, 1);
      away = min(away, hypot(px - share * ux, py - share * uy));
      if (ay > y !== by > y && px < (ux * py) / uy) isInside = !isInside;
    });
    return isInside ? away : -away;
  };
}
