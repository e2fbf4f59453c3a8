// The scene of an epoch in either space: ground, region of class 1, grid and boundary, as curves.
// A curve is a flat array x, y, x, y. All is made in the input plane and mapped; a view is the
// rectangle [left, bottom, right, top] shown, and `pixel` the size of one, across and up.

import { levelSet } from "./levels.js";

const TOLERANCE = 0.2; // pixels between the image of a curve and what is drawn for it
const DEPTH = 28; // of halving, at the most
const LEAST = 5; // of halving, in any case
const FOLD_STEPS = 60; // of the mesh at which folds are looked for
const SMALL = 1e-5; // of the plane, over which it is seen how areas are stretched

const corners = ([l, b, r, t]) => [l, b, r, b, r, t, l, t, l, b];
const gridLines = ({ rect: [l, b, r, t], lines: [xs, ys] }) =>
  [...ys.map((y) => [l, y, r, y]), ...xs.map((x) => [x, b, x, t])];

// The input plane: everything stays where it is.
export function inputScene(network, plane, view) {
  const level = levelSet((x, y) => network.logit([x, y]), view);
  return { ground: [corners(plane.rect)], grid: gridLines(plane), ...level };
}

// The feature space. The output unit cuts it along a straight line, whatever lies on either side.
// Without an input plane all of it is ground.
export function featureScene(network, plane, view, pixel) {
  if (!plane) return { ground: [corners(view)], grid: [], ...cut([corners(view)], network.line()) };
  const map = (curve, least) => mapCurve((place) => network.image(place), curve, least, view, pixel);
  const isFlat = network.hidden.every(({ units, activation }) => units === 2 && activation !== "relu");
  const ground = isFlat
    ? [map(corners(plane.rect), LEAST)]
    : sheets(network, plane.rect, pixel).map((curve) => map(curve, 0));
  const grid = gridLines(plane).map((curve) => map(curve, isFlat ? LEAST : LEAST + 1));
  return { ground, grid, ...cut(ground, network.line()) };
}

// A folded plane is parted where it turns over; the image of every part runs anticlockwise.
function sheets(network, [l, b, r, t], pixel) {
  const [width, height] = [SMALL * (r - l), SMALL * (t - b)];
  const least = 1e-6 * (SMALL * 500) ** 2 * pixel[0] * pixel[1];
  const stretch = (x, y) => {
    const [a0, b0] = network.image([x, y]);
    const [a1, b1] = network.image([x + width, y]);
    const [a2, b2] = network.image([x, y + height]);
    return (a1 - a0) * (b2 - b0) - (b1 - b0) * (a2 - a0) + least;
  };
  const upright = levelSet(stretch, [l, b, r, t], FOLD_STEPS).region;
  const turned = levelSet((x, y) => -stretch(x, y), [l, b, r, t], FOLD_STEPS).region;
  const reversed = turned.map((curve) => curve.map((_, k) => curve[curve.length - 2 - k + 2 * (k % 2)]));
  return [...upright, ...reversed];
}

// The image of a curve, with as many points as it needs to look smooth where it is seen.
// least: how often each of its straight pieces is halved in any case.
export function mapCurve(image, curve, least, [l, b, r, t], [width, height]) {
  const [w, h] = [(r - l) / 20, (t - b) / 20];
  const sides = [([x]) => x < l - w, ([x]) => x > r + w, ([, y]) => y < b - h, ([, y]) => y > t + h];
  const isHidden = (...ends) => sides.some((isBeyond) => ends.every(isBeyond));
  const isStraight = (a, m, c) => {
    const [px, py] = [(m[0] - a[0]) / width, (m[1] - a[1]) / height];
    const [qx, qy] = [(c[0] - a[0]) / width, (c[1] - a[1]) / height];
    const share = Math.min(Math.max((px * qx + py * qy) / (qx * qx + qy * qy) || 0, 0), 1);
    return Math.hypot(px - share * qx, py - share * qy) < TOLERANCE;
  };
  const mapped = [];
  const halve = (from, a, to, c, depth) => {
    const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const m = image(middle);
    if (depth >= least && (depth === DEPTH || isStraight(a, m, c) || isHidden(a, m, c))) return;
    halve(from, a, middle, m, depth + 1);
    mapped.push(...m);
    halve(middle, m, to, c, depth + 1);
  };
  let [from, a] = [null, null];
  for (let k = 0; k < curve.length; k += 2) {
    const to = [curve[k], curve[k + 1]];
    const c = image(to);
    if (from) halve(from, a, to, c, 0);
    mapped.push(...c);
    [from, a] = [to, c];
  }
  return mapped;
}

// Cut polygons along a straight line. Returns `region`, what of them lies on the side of class 1, and
// `boundary`, the parts of the line that lie within them: where they wind around it.
export function cut(polygons, [v1, v2, c]) {
  const crossings = [];
  const region = polygons.map((polygon) => {
    const kept = [];
    let [ax, ay] = polygon.slice(-2);
    let before = v1 * ax + v2 * ay + c;
    for (let k = 0; k < polygon.length; k += 2) {
      const [bx, by] = [polygon[k], polygon[k + 1]];
      const here = v1 * bx + v2 * by + c;
      if (before >= 0 !== here >= 0) {
        const share = before / (before - here);
        const [x, y] = [ax + share * (bx - ax), ay + share * (by - ay)];
        kept.push(x, y);
        crossings.push({ x, y, along: v1 * y - v2 * x, turn: here >= 0 ? 1 : -1 });
      }
      if (here >= 0) kept.push(bx, by);
      [ax, ay, before] = [bx, by, here];
    }
    return kept;
  });
  crossings.sort((one, other) => one.along - other.along);
  const boundary = [];
  let winding = 0;
  for (const { x, y, turn } of crossings) {
    if (!winding) boundary.push([x, y]);
    winding += turn;
    if (!winding) boundary.at(-1).push(x, y);
  }
  return { region, boundary: boundary.filter(({ length }) => length === 4) };
}
