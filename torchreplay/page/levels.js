// The zeros of a function of the plane: followed through a mesh, and exact at every vertex.

import { abs, between, clamp, floor, max, min } from "./geometry.js";
import { range } from "./text.js";

export const STEPS = 128; // of the mesh along each axis
export const BLOCK = 4; // steps of a block, which is searched or skipped
export const NEAR_ZERO = 1e-9;

// The area of a rectangle in which f > 0. Returns `region`, closed curves with the area to their
// left, and `boundary`, their pieces that do not run along the rim; and the `values` at the mesh.
export function levelSet(f, [left, bottom, right, top], steps = STEPS, values = null) {
  const side = steps + 3; // mesh points along each axis, with one beyond each end
  const ways = [1, side, -1, -side]; // from a mesh point to its neighbors, anticlockwise
  values ??= new Float64Array(side * side).fill(NaN);
  for (let k = 0; k < side; k++) {
    for (const end of [0, side - 1]) values[end * side + k] = values[k * side + end] = -Infinity;
  }
  const seen = new Uint8Array(4 * side * side); // edges of the mesh, by mesh point and way
  const rim = new Set();
  const [region, boundary] = [[], []];

  const ends = (low, high) => range(side, (k) => low + (clamp(k - 1, 0, steps) / steps) * (high - low));
  const [xs, ys] = [ends(left, right), ends(bottom, top)];
  const place = (point) => [xs[point % side], ys[floor(point / side)]];
  const value = (point) => {
    if (Number.isNaN(values[point])) values[point] = f(place(point));
    return values[point];
  };
  const isIn = (point) => value(point) > 0;

  const vertex = (inner, outer) => {
    if (value(outer) > -Infinity) return zeroOf(f, place(inner), place(outer), value(inner), value(outer));
    const end = place(inner);
    rim.add(end);
    return end;
  };

  // Follow the zeros from an edge that leads out of the area, until they come back to it.
  const follow = (inner, way) => {
    const curve = [];
    while (!seen[4 * inner + way]) {
      seen[4 * inner + way] = 1;
      const outer = inner + ways[way];
      curve.push(vertex(inner, outer));
      const left = ways[(way + 1) % 4];
      const [a, b] = [inner + left, outer + left];
      if (isIn(b) && (isIn(a) || f(between(place(inner), place(b), 0.5)) > 0)) [inner, way] = [b, (way + 3) % 4];
      else if (isIn(a)) inner = a;
      else way = (way + 1) % 4;
    }
    if (!curve.length) return;
    const start = max(curve.findIndex((end) => rim.has(end)), 0);
    const closed = [...curve.slice(start), ...curve.slice(0, start + 1)];
    region.push(closed);
    closed.forEach((end, k) => {
      if (rim.has(end)) return;
      if (!k || rim.has(closed[k - 1])) boundary.push([]);
      boundary.at(-1).push(end);
    });
  };

  const search = (point) => {
    if (isIn(point) !== isIn(point + 1)) follow(...(isIn(point) ? [point, 0] : [point + 1, 2]));
  };
  for (let j = 1; j <= steps + 1; j++) search(j * side); // the left rim
  for (let j = 1; j <= steps; j += BLOCK) {
    for (let i = 1; i <= steps; i += BLOCK) {
      const first = j * side + i;
      const [a, b] = [value(first), value(first + BLOCK)];
      const [c, d] = [value(first + BLOCK * side), value(first + BLOCK * side + BLOCK)];
      if (!mayHaveZeros([a, b, c, d])) continue;
      for (let k = 0; k < BLOCK * BLOCK; k++) search(first + floor(k / BLOCK) * side + (k % BLOCK));
    }
  }
  return { region, boundary, values };
}

// Whether zeros may lie, or hide, among places at which a function has some values.
export function mayHaveZeros(values) {
  const [low, high] = [min(...values), max(...values)];
  return low > 0 !== high > 0 || min(abs(low), abs(high)) < high - low;
}

// Where f ceases to be positive between two places at which it has the values u > 0 and v <= 0: by
// secants, and by bisection where secants are slow. An area where f is 0 ends at its rim.
export function zeroOf(f, a, b, u, v) {
  let [s, t] = [0, 1];
  for (let trial = 0; trial < 60 && t - s > 1e-15; trial++) {
    const share = trial % 3 === 2 ? 0.5 : clamp(u / (u - v) || 0.5, 0.001, 0.999);
    const r = s + share * (t - s);
    const w = f(between(a, b, r));
    if (abs(w) < NEAR_ZERO && abs(w) > Number.MIN_VALUE) return between(a, b, r);
    if (w > 0) [s, u] = [r, w];
    else [t, v] = [r, w];
  }
  return between(a, b, t);
}
