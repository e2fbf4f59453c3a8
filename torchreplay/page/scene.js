// The scene of an epoch in each space: ground, region of class 1, grid and boundary, as curves.
// Ground and grid are made in the input plane and mapped. The output unit cuts the feature space. A
// view is the rectangle shown, and `pixel` the width and height of a pixel in it.

import { between, clamp, corners, hypot, max, min } from "./geometry.js";
import { levelSet } from "./levels.js";

const TOLERANCE = 0.2; // pixels between the image of a curve and what is drawn for it
const [LEAST, DEPTH] = [5, 28]; // fewest and most halvings
const FOLD_STEPS = 60; // of the mesh in which folds are searched
const SMALL = 1e-5; // step of finite differences, as a fraction of the plane

const gridLines = ({ rect: [l, b, r, t], lines: [xs, ys] }) =>
  [...ys.map((y) => [[l, y], [r, y]]), ...xs.map((x) => [[x, b], [x, t]])];

// The input plane: everything stays where it is.
export function inputScene(network, plane, view) {
  const { region, boundary } = levelSet((x) => network.logit(x), view);
  return { ground: [corners(plane.rect)], grid: gridLines(plane), region, boundary };
}

// The feature space. The output unit cuts it along a straight line, whatever lies on both sides.
// Without an input plane all of it is ground. `beyond` is the whole line.
export function featureScene(network, plane, view, pixel) {
  const map = (curve) => mapCurve((x) => network.image(x), curve, view, pixel);
  const ground = plane ? sheets(network, plane.rect, pixel).map(map) : [corners(view)];
  return {
    ground,
    grid: plane ? gridLines(plane).map(map) : [],
    beyond: cut([corners(view)], network.line()).boundary,
    ...cut(ground, network.line()),
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

// Cut polygons along a straight line. Returns `region`, their area on the side of class 1, and
// `boundary`, the pieces of the line within them: where their winding number is not 0.
export function cut(polygons, [v1, v2, c]) {
  const logit = ([x, y]) => v1 * x + v2 * y + c;
  const crossings = [];
  const region = polygons.map((polygon) => polygon.flatMap((place, k) => {
    const [before, here] = [logit(polygon.at(k - 1)), logit(place)];
    const kept = here >= 0 ? [place] : [];
    if (before >= 0 === here >= 0) return kept;
    const [x, y] = between(polygon.at(k - 1), place, before / (before - here));
    crossings.push({ place: [x, y], along: v1 * y - v2 * x, turn: here >= 0 ? 1 : -1 });
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
