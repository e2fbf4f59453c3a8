// The areas of a rectangle in which each of several scores is the largest one, followed through a
// mesh. Areas share their vertices, and every vertex is exact.

import { abs, between, floor, max, min } from "./geometry.js";
import { largest } from "./task.js";
import { range } from "./text.js";
import { Tracer } from "./tracer.js";
import { NEAR_ZERO, zeroOf } from "./zeros.js";

const STEPS = 128; // of the mesh along each axis
const BLOCK = 4; // steps of a block, which is searched or skipped
const MOST_HALVINGS = 56; // most halvings of a cell of the mesh
const SHARES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9]; // of a cell, where it may be halved
const TRIALS = 12; // most steps of Newton

// How much score k is above the largest other one: positive just where its area is.
function marginOf(z, k) {
  const other = largest(z, k);
  return z[k] - z[other] || (k < other ? Number.MIN_VALUE : 0);
}

// Whether other areas may hide among places of one area at which it has some margins.
const mayHide = (margins) => min(...margins) < max(...margins) - min(...margins);

// The places between a, of area i, and b, of area j, at which one area ends and another begins,
// in order: { place, from, to }. Other areas may lie between.
function crossings(scores, a, b, i, j) {
  const found = [];
  while (i !== j) {
    const margin = (place) => marginOf(scores(place), i);
    const place = zeroOf(margin, a, b, max(margin(a), Number.MIN_VALUE), min(margin(b), 0));
    const z = scores(place);
    const to = found.length > 2 * z.length ? j : largest(z, i); // it ends, whatever happens
    found.push({ place, from: i, to });
    [a, i] = [place, to];
  }
  return found;
}

const reversed = (found) => found.map(({ place, from, to }) => ({ place, from: to, to: from })).reverse();

// The place within a cell at which three areas meet, by Newton's method, or null.
function junction(scores, found, [l, b, r, t]) {
  const [i, j, k] = found.map(({ to }) => to);
  const differences = (place) => {
    const z = scores(place);
    return [z[i] - z[j], z[i] - z[k], max(...z) - z[i]];
  };
  let [x, y] = [0, 1].map((axis) => found.reduce((sum, { place }) => sum + place[axis] / 3, 0));
  const [dx, dy] = [(r - l) / 1000, (t - b) / 1000];
  for (let trial = 0; trial < TRIALS; trial++) {
    const [f, g, below] = differences([x, y]);
    const isInside = x >= l && x <= r && y >= b && y <= t;
    if (max(abs(f), abs(g)) < NEAR_ZERO) return isInside && below < NEAR_ZERO ? [x, y] : null;
    const [fx, gx] = differences([x + dx, y]);
    const [fy, gy] = differences([x, y + dy]);
    const [a, c, e, h] = [(fx - f) / dx, (fy - f) / dy, (gx - g) / dx, (gy - g) / dy];
    const turn = a * h - c * e;
    [x, y] = [x - (h * f - c * g) / turn, y - (a * g - e * f) / turn];
  }
  return null;
}

// Halve a cell { rect, first, sides }: the area at its lower left corner, and what is crossed on its
// sides, anticlockwise from there. Of its rim nothing is changed.
function halveCell(scores, { rect, first, sides }, axis) {
  const starts = [first];
  for (const side of sides) starts.push(side.at(-1)?.to ?? starts.at(-1));
  const cutAt = (share) => {
    const [low, high] = [[...rect], [...rect]];
    const middle = (low[axis + 2] = high[axis] = rect[axis] + share * (rect[axis + 2] - rect[axis]));
    const parts = [axis, axis + 2].map((side) => {
      const [near, far] = [[], []];
      for (const one of sides[side]) (one.place[axis] < middle ? near : far).push(one);
      return [near, far, (side < 2 ? near : far).at(-1)?.to ?? starts[side]];
    });
    const ends = axis ? [[rect[2], middle], [rect[0], middle]] : [[middle, rect[1]], [middle, rect[3]]];
    return { low, high, parts, ends };
  };
  const isTrue = ({ parts, ends }) => parts.every((part, k) => largest(scores(ends[k])) === part[2]);
  const { low, high, parts: [p, q], ends } = SHARES.map(cutAt).find(isTrue) ?? cutAt(0.5);
  const middle = between(...ends, 0.5);
  const area = largest(scores(middle)); // it may be hidden between two ends that are alike
  const inner = [...crossings(scores, ends[0], middle, p[2], area), ...crossings(scores, middle, ends[1], area, q[2])];
  const [near, far] = [[...sides], [...sides]];
  [near[axis], near[axis + 1], near[axis + 2]] = [p[0], inner, q[0]];
  [far[axis], far[axis + 2], far[(axis + 3) % 4]] = [p[1], q[1], reversed(inner)];
  return [{ rect: low, first, sides: near }, { rect: high, first: axis ? q[2] : p[2], sides: far }];
}

// Trace the curves of a cell: each crossing is joined to the next, or all to a place in the middle.
// left: how many halvings are.
function trace(scores, tracer, cell, left) {
  const found = cell.sides.flat();
  if (!found.length) return;
  const isFork = found.length === 3 && new Set(found.map(({ to }) => to)).size === 3;
  const [l, b, r, t] = cell.rect;
  let middle = isFork ? junction(scores, found, cell.rect) : null;
  if (!left) middle ??= [(l + r) / 2, (b + t) / 2];
  if (middle || found.length === 2) tracer.join(found, middle);
  else for (const half of halveCell(scores, cell, left % 2)) trace(scores, tracer, half, left - 1);
}

// scores: a function of places. Returns `regions`, of each score the closed curves with its area to
// their left; `boundary`, the curves between areas, each once; and `others`, the larger of the numbers
// of the two areas at each of these. Where areas meet that do not end in a single place, a cell of the mesh is
// halved at most so many times.
export function partition(scores, [left, bottom, right, top], steps = STEPS, halvings = MOST_HALVINGS) {
  const side = steps + 1;
  const [labels, margins] = [new Int8Array(side * side).fill(-1), new Float64Array(side * side)];
  const place = (point) => [
    left + ((point % side) / steps) * (right - left),
    bottom + (floor(point / side) / steps) * (top - bottom),
  ];
  const label = (point) => {
    if (labels[point] < 0) {
      const z = scores(place(point));
      labels[point] = largest(z);
      margins[point] = marginOf(z, labels[point]);
    }
    return labels[point];
  };

  const edges = new Map(); // what is crossed from a mesh point to the right or up
  const crossed = (from, to) => {
    if (label(from) === label(to)) return [];
    if (from > to) return reversed(crossed(to, from));
    const key = 2 * from + (to - from === 1);
    if (!edges.has(key)) edges.set(key, crossings(scores, place(from), place(to), label(from), label(to)));
    return edges.get(key);
  };

  const tracer = new Tracer();
  const seen = new Uint8Array(side * side);
  // Trace a cell, by its lower left point, and the cells to which curves lead from it.
  const search = (start) => {
    const waiting = [start];
    while (waiting.length) {
      const point = waiting.pop();
      const isCell = point >= 0 && point % side < steps && point < side * steps;
      if (!isCell || seen[point]) continue;
      seen[point] = 1;
      const ring = [point, point + 1, point + 1 + side, point + side, point];
      if (ring.every((end) => label(end) === label(point))) continue;
      const sides = range(4, (k) => crossed(ring[k], ring[k + 1]));
      [point - side, point + 1, point + side, point - 1].forEach((next, k) => sides[k].length && waiting.push(next));
      trace(scores, tracer, { rect: [...place(point), ...place(point + 1 + side)], first: label(point), sides }, halvings);
    }
  };

  for (let j = 0; j < steps; j += BLOCK) {
    for (let i = 0; i < steps; i += BLOCK) {
      const first = j * side + i;
      const ends = [first, first + BLOCK, first + BLOCK * side, first + BLOCK * side + BLOCK];
      const isOne = ends.every((end) => label(end) === label(first));
      if (isOne && !mayHide(ends.map((end) => margins[end]))) continue;
      for (let k = 0; k < BLOCK * BLOCK; k++) search(first + floor(k / BLOCK) * side + (k % BLOCK));
    }
  }
  const rim = [];
  for (const [start, step, cell] of [[0, 1, 0], [steps, side, -1], [side * side - 1, -1, -side - 1], [side * steps, -side, -side]]) {
    rim.push({ place: place(start), to: label(start) });
    for (let k = 0; k < steps; k++) {
      const from = start + k * step;
      if (seen[from + cell]) rim.push(...crossed(from, from + step));
    }
  }
  tracer.close(rim);
  return tracer.curves(scores(place(0)).length);
}
