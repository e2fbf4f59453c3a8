// The scene of an epoch in each space, as curves: ground; regions, for each area but the first;
// grid; boundary, with the level of each of its curves if there are levels.
// Ground and grid are made in the input plane and mapped. The output units cut the feature space. A
// view is the rectangle shown, and `pixel` the width and height of a pixel in it.

import { between, clamp, corners, hypot, max, min } from "./geometry.js";
import { levelSet } from "./levels.js";
import { partition } from "./partition.js";
import { range } from "./text.js";

const TOLERANCE = 0.2; // pixels between the image of a curve and what is drawn for it
const [LEAST, DEPTH] = [5, 28]; // fewest and most halvings
const FOLD_STEPS = 60; // of the mesh in which folds are searched
const CURVE_STEPS = 256; // into which the axis of a single feature is divided
const SMALL = 1e-5; // step of finite differences, as a fraction of the plane

const gridLines = ({ rect: [l, b, r, t], lines: [xs, ys] }) =>
  [...ys.map((y) => [[l, y], [r, y]]), ...xs.map((x) => [[x, b], [x, t]])];

// The input plane: everything stays where it is.
export function inputScene(network, plane, view) {
  const found = network.task.outputs > 1 ? sideBySide(network, view) : nested(network, view);
  return { ground: [corners(plane.rect)], grid: gridLines(plane), ...found };
}

function sideBySide(network, view) {
  const { regions, boundary } = partition((x) => network.logits(x), view);
  return { regions: regions.slice(1), boundary };
}

// The areas above each level. What is known at the mesh serves all of them.
function nested(network, view) {
  let values;
  return byLevel(network.task.levels, (level, last) => {
    const found = levelSet((x) => network.logits(x)[0] - level, view, undefined, values?.map((v) => v + last - level));
    values = found.values;
    return found;
  });
}

// Regions, boundary and levels of what is found at each level: region and boundary.
function byLevel(levels, find) {
  const found = levels.map((level, k) => find(level, levels[k - 1]));
  return {
    regions: found.map(({ region }) => region),
    boundary: found.flatMap(({ boundary }) => boundary),
    levels: found.flatMap(({ boundary }, k) => boundary.map(() => levels[k])),
  };
}

// The graph of the only feature: its curve, with so many places that none is overlooked.
export function graphScene(network, plane, view, pixel) {
  const image = ([x]) => [x, network.logits([x])[0]];
  return { ground: [], regions: [], grid: gridLines(plane), boundary: [mapCurve(image, axis(view), view, pixel)] };
}

const axis = ([left, , right]) => range(CURVE_STEPS + 1, (k) => [left + (k / CURVE_STEPS) * (right - left), 0]);

// The feature space. The output units cut it along straight lines, whatever lies on both sides.
// Without an input plane all of it is ground. `beyond` are the whole lines.
export function featureScene(network, plane, isGraph, view, pixel) {
  const map = (curve) => mapCurve((x) => network.image(x), curve, view, pixel);
  const isFlat = plane && !isGraph;
  const ground = isFlat ? sheets(network, plane.rect, pixel).map(map) : [corners(view)];
  const lines = isGraph ? [axis(plane.rect)] : isFlat ? gridLines(plane) : [];
  return {
    ground,
    grid: lines.map(map),
    beyond: cut([corners(view)], network).boundary,
    ...cut(ground, network),
  };
}

// A folded plane is split where it turns over. The image of every piece runs anticlockwise.
function sheets(network, rect, [across, up]) {
  if (network.hidden.every(({ units, activation }) => units === 2 && activation !== "relu")) return [corners(rect)];
  const [width, height] = [SMALL * (rect[2] - rect[0]), SMALL * (rect[3] - rect[1])];
  const least = 1e-6 * (500 * SMALL) ** 2 * across * up;
  const stretch = ([x, y]) => {
    const [a, b, c] = [[x, y], [x + width, y], [x, y + height]].map((place) => network.image(place));
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) + least;
  };
  const { region, values } = levelSet(stretch, rect, FOLD_STEPS);
  const turned = levelSet((place) => -stretch(place), rect, FOLD_STEPS, values.map((value) => -value));
  return [...region, ...turned.region.map((curve) => curve.reverse())];
}

// The image of a curve, with as many places as it needs to look smooth in the view. A long straight
// curve has some places in any case.
export function mapCurve(image, curve, view, pixel) {
  const least = curve.length > 5 ? 0 : LEAST;
  const isHidden = (a, m, c) => [0, 1].some((k) => {
    const margin = (view[k + 2] - view[k]) / 20;
    return max(a[k], m[k], c[k]) < view[k] - margin || min(a[k], m[k], c[k]) > view[k + 2] + margin;
  });
  const isStraight = (a, m, c) => {
    const [px, py] = [(m[0] - a[0]) / pixel[0], (m[1] - a[1]) / pixel[1]];
    const [qx, qy] = [(c[0] - a[0]) / pixel[0], (c[1] - a[1]) / pixel[1]];
    const share = clamp((px * qx + py * qy) / (qx * qx + qy * qy) || 0, 0, 1);
    return hypot(px - share * qx, py - share * qy) < TOLERANCE;
  };
  const mapped = [image(curve[0])];
  const halve = (from, a, to, c, depth) => {
    const middle = between(from, to, 0.5);
    const m = image(middle);
    if (depth >= least && (depth === DEPTH || isStraight(a, m, c) || isHidden(a, m, c))) return;
    halve(from, a, middle, m, depth + 1);
    mapped.push(m);
    halve(middle, m, to, c, depth + 1);
  };
  for (let k = 1; k < curve.length; k++) {
    const end = image(curve[k]);
    halve(curve[k - 1], mapped.at(-1), curve[k], end, 0);
    mapped.push(end);
  }
  return mapped;
}

// Cut polygons, which run anticlockwise, where the output units decide: see `inputScene`.
export function cut(polygons, network) {
  const lines = network.lines();
  if (lines.length > 1) return cutClasses(polygons, lines);
  const [[v1, v2, c]] = lines;
  return byLevel(network.task.levels, (level) => halve(polygons, [v1, v2, c - level]));
}

// Each class has what the lines between it and each of the others leave.
function cutClasses(polygons, lines) {
  const side = (one, other) => lines[one].map((value, k) => value - lines[other][k]);
  const of = (label) => lines.reduce((left, _, other) =>
    other === label ? left : halve(left, side(label, other), label < other).region.filter(({ length }) => length), polygons);
  const boundary = lines.flatMap((_, one) => range(one).flatMap((other) => {
    const rivals = range(lines.length).filter((k) => k !== one && k !== other);
    const whole = halve(polygons, side(one, other)).boundary;
    return whole.map((piece) => partAbove(piece, rivals.map((k) => side(one, k)))).filter(Boolean);
  }));
  return { regions: range(lines.length - 1, (k) => of(k + 1)), boundary };
}

// The part of a straight piece at which some linear functions are not negative, or null.
function partAbove([start, end], functions) {
  let [low, high] = [0, 1];
  for (const f of functions) {
    const [u, v] = [start, end].map((place) => valueAt(f, place));
    if (u < 0 && v < 0) return null;
    if (u < 0) low = max(low, u / (u - v));
    else if (v < 0) high = min(high, u / (u - v));
  }
  return low < high ? [between(start, end, low), between(start, end, high)] : null;
}

const valueAt = ([v1, v2, c], [x, y]) => v1 * x + v2 * y + c;

// Cut polygons along a straight line. Returns `region`, their area on its positive side, and
// `boundary`, the pieces of the line within them: where their winding number is not 0.
function halve(polygons, line, isInclusive = false) {
  const [v1, v2] = line;
  const isIn = (value) => (isInclusive ? value >= 0 : value > 0);
  const crossings = [];
  const region = polygons.map((polygon) => polygon.flatMap((place, k) => {
    const [before, here] = [valueAt(line, polygon.at(k - 1)), valueAt(line, place)];
    const kept = isIn(here) ? [place] : [];
    if (isIn(before) === isIn(here)) return kept;
    const [x, y] = between(polygon.at(k - 1), place, before / (before - here));
    crossings.push({ place: [x, y], along: v1 * y - v2 * x, turn: isIn(here) ? 1 : -1 });
    return [[x, y], ...kept];
  }));
  const boundary = [];
  let winding = 0;
  for (const { place, turn } of crossings.sort((one, other) => one.along - other.along)) {
    if (!winding) boundary.push([]);
    if (!winding || !(winding + turn)) boundary.at(-1).push(place);
    winding += turn;
  }
  return { region, boundary };
}
