// The input plane and its image: where the image turns over, because the plane is folded, which part of
// the plane is seen, and which place has some image. Images of the pieces that are found run
// anticlockwise.

import { abs, between, ceil, clamp, corners, floor, hypot, max, min } from "./geometry.js";
import { partition } from "./partition.js";
import { range } from "./text.js";

const FOLD_STEPS = 60; // of the mesh in which folds are searched
const FOLD_HALVINGS = 16; // of its cells: a hundredth of a pixel. A boundary may run along a fold
const SMALL = 1e-5; // step of finite differences, as a fraction of the plane
const LEAST_AREA = 1e-6; // of an image that is not negative, if a plane of 500 × 500 pixels is 1
const [PIECES, CELLS] = [32, 24]; // of the plane, along an axis: longest pieces of curves; where it is searched
const [TRIES, LONGEST] = [12, 0.2]; // most steps of a search, and longest one, as a fraction of the plane

// How much a map enlarges area; negative where it turns the plane over.
function stretchOf(image, rect, [across, up]) {
  const [width, height] = [SMALL * (rect[2] - rect[0]), SMALL * (rect[3] - rect[1])];
  const whole = (500 * SMALL) ** 2 * across * up;
  return ([x, y]) => {
    const [a, b, c] = [[x, y], [x + width, y], [x, y + height]].map(image);
    return ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])) / whole + LEAST_AREA;
  };
}

const turned = (curves) => curves.map((curve) => curve.reverse());

// The pieces of a plane that is split where it turns over.
export function sheets(image, isFlat, rect, pixel) {
  if (isFlat) return [corners(rect)];
  const stretch = stretchOf(image, rect, pixel);
  const [over, others] = partition((place) => [0, stretch(place)], rect, FOLD_STEPS).regions;
  return [...others, ...turned(over)];
}

// The areas of a plane, each split there as well.
export function splitAreas(network, image, rect, pixel) {
  const stretch = stretchOf(image, rect, pixel);
  const { regions } = partition((place) => {
    const size = stretch(place);
    const scores = [...network.task.scores(network.logits(place))];
    return [...scores.map((score) => score + size), ...scores.map((score) => score - size)];
  }, rect, FOLD_STEPS, FOLD_HALVINGS);
  const count = regions.length / 2;
  return range(count, (k) => [...regions[k], ...turned(regions[count + k])]);
}

// A curve with places between those that are far from each other.
export function inPieces(curve, [left, bottom, right, top]) {
  const [width, height] = [(right - left) / PIECES, (top - bottom) / PIECES];
  return curve.flatMap((place, k) => {
    const from = curve[max(k - 1, 0)];
    const count = ceil(max(abs(place[0] - from[0]) / width, abs(place[1] - from[1]) / height)) || 1;
    return range(count, (part) => (part + 1 < count ? between(from, place, (part + 1) / count) : place));
  });
}

// The place of a plane whose image lies at a spot, to a hundredth of a pixel; null if none is found. It is
// searched from some place near it by Broyden's method, which evaluates little.
export function preimage(image, rect, start, spot, pixel) {
  const size = [0, 1].map((axis) => rect[axis + 2] - rect[axis]);
  const missed = (place) => image(place).map((value, axis) => (value - spot[axis]) / pixel[axis]);
  let [place, [f, g]] = [start, missed(start)];
  const beside = (axis) => missed(place.map((value, k) => value + (k === axis ? SMALL * size[k] : 0)));
  const [right, up] = [beside(0), beside(1)];
  let [a, b, c, d] = [right[0] - f, up[0] - f, right[1] - g, up[1] - g].map((change) => change / SMALL);
  for (let trial = 0; trial < TRIES; trial++) {
    const isInside = place.every((value, axis) => value >= rect[axis] && value <= rect[axis + 2]);
    if (hypot(f, g) < 0.01) return isInside ? place : null;
    const [x, y] = [b * g - d * f, c * f - a * g].map((step) => clamp(step / (a * d - b * c), -LONGEST, LONGEST));
    place = [place[0] + x * size[0], place[1] + y * size[1]];
    const [u, v] = missed(place);
    const [wrong, other] = [u - f - a * x - b * y, v - g - c * x - d * y].map((error) => error / (x * x + y * y));
    [a, b, c, d] = [a + wrong * x, b + wrong * y, c + other * x, d + other * y];
    [f, g] = [u, v];
  }
  return null;
}

// The rectangle around that part of a plane whose image is seen in a view, and a little more.
export function partSeen(image, rect, view) {
  const [width, height] = [0, 1].map((axis) => (rect[axis + 2] - rect[axis]) / CELLS);
  const place = (i, j) => [rect[0] + i * width, rect[1] + j * height];
  const side = CELLS + 1;
  const images = range(side * side, (k) => image(place(k % side, floor(k / side))));
  const isSeen = ([i, j]) => {
    const ends = [0, 1, side, side + 1].map((next) => images[j * side + i + next]);
    return [0, 1].every((axis) => {
      const values = ends.map((end) => end[axis]);
      return max(...values) >= view[axis] && min(...values) <= view[axis + 2];
    });
  };
  const seen = range(CELLS * CELLS, (k) => [k % CELLS, floor(k / CELLS)]).filter(isSeen);
  if (!seen.length) return rect;
  const end = (of, axis, beyond) => clamp(of(...seen.map((cell) => cell[axis])) + beyond, 0, CELLS);
  const part = [...place(end(min, 0, -1), end(min, 1, -1)), ...place(end(max, 0, 2), end(max, 1, 2))];
  const isSmall = [0, 1].every((axis) => part[axis + 2] - part[axis] < (rect[axis + 2] - rect[axis]) / 2);
  return isSmall ? partSeen(image, part, view) : rect;
}
