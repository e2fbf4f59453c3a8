// The scene of an epoch in each space, as curves: ground; regions, of each area but the first; grid;
// boundary, with the number of the larger one of the two areas at each of its curves, `others`.
// Ground and grid are made in the input plane and mapped. The output units cut the feature space. A
// view is the rectangle shown, and `pixel` the width and height of a pixel in it.

import { inPieces, partSeen, sheets, splitAreas } from "./folds.js";
import { between, clamp, corners, hypot, max, min } from "./geometry.js";
import { range } from "./text.js";

const TOLERANCE = 0.2; // pixels between the image of a curve and what is drawn for it
const [LEAST, DEPTH] = [5, 28]; // fewest and most halvings
const CURVE_STEPS = 256; // into which the axis of a single feature is divided

const gridLines = ({ rect: [l, b, r, t], lines: [xs, ys] }) =>
  [...ys.map((y) => [[l, y], [r, y]]), ...xs.map((x) => [[x, b], [x, t]])];

// The input plane: everything stays where it is. found: its division, see `partition`.
export function inputScene(plane, { regions, boundary, others }) {
  return { ground: [corners(plane.rect)], grid: gridLines(plane), regions: regions.slice(1), boundary, others };
}

// The graph of the only feature: its curve, with so many places that none is overlooked.
export function graphScene(network, plane, view, pixel) {
  const image = ([x]) => [x, network.logits([x])[0]];
  return { ground: [], regions: [], grid: gridLines(plane), boundary: [mapCurve(image, axis(view), view, pixel)], others: [] };
}

const axis = ([left, , right]) => range(CURVE_STEPS + 1, (k) => [left + (k / CURVE_STEPS) * (right - left), 0]);

// The feature space, or a plane on the way to it, see `Way`. The output units cut it along straight
// lines, whatever lies on both sides; `beyond` are the whole lines. Where they do not decide, all areas
// are images of those of the input plane. Without one, everything is ground.
export function featureScene(source, view, pixel, hasGrid) {
  const { network, shown: { image, isFlat, cuts }, planes: { input: plane }, isGraph } = source;
  const map = (curve) => mapCurve(image, curve, view, pixel);
  const hasPlane = plane && !isGraph;
  const lines = () => (isGraph ? [axis(plane.rect)] : hasPlane ? gridLines(plane) : []);
  const grid = hasGrid ? lines().map(map) : [];
  if (cuts) {
    const ground = hasPlane ? sheets(image, isFlat, plane.rect, pixel).map(map) : [corners(view)];
    return { ground, grid, beyond: cut([corners(view)], network, view).boundary, ...cut(ground, network, view) };
  }
  if (!hasPlane) return { ground: [], grid, regions: [], boundary: [], others: [] };
  const part = partSeen(image, plane.rect, view);
  const whole = (curves) => curves.map((curve) => map(inPieces(curve, part)));
  const { regions, boundary, others } = source.divide(part);
  const areas = isFlat ? [[corners(part)], ...regions.slice(1)] : splitAreas(network, image, part, pixel);
  const [ground, ...rest] = areas.map(whole);
  return { ground: isFlat ? ground : [...ground, ...rest.flat()], grid, regions: rest, boundary: whole(boundary), others };
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

// Cut polygons, which run anticlockwise, where the output units decide: see `partition`. Each area has
// what the lines between it and each of the others leave. Lines that are not seen are left out.
export function cut(polygons, network, view) {
  const outputs = network.lines();
  const parts = range(3, (k) => [...network.task.scores(outputs.map((line) => line[k]), k === 2 ? 1 : 0)]);
  const side = (one, other) => parts.map((part) => part[one] - part[other]);
  const areas = range(parts[0].length);
  const without = (left, area, other) => (other === area ? left : halve(left, side(area, other), area < other).region);
  const [boundary, others] = [[], []];
  for (const one of areas) {
    for (const other of range(one)) {
      const rivals = areas.filter((k) => k !== one && k !== other).map((k) => side(one, k));
      const within = (found) => halve(found, side(one, other)).boundary.map((piece) => partAbove(piece, rivals)).filter(Boolean);
      if (within([corners(view)]).length) for (const piece of within(polygons)) boundary.push(piece) && others.push(one);
    }
  }
  const regions = areas.slice(1).map((area) => areas.reduce((left, other) => without(left, area, other), polygons));
  return { regions, boundary, others };
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
export function halve(polygons, line, isInclusive = false) {
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
  return { region: region.filter(({ length }) => length), boundary };
}
