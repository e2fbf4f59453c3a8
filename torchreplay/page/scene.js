// The scene of an epoch in either space: ground, region of class 1, grid and boundary, as curves.
// A curve is a flat array x, y, x, y. All is made in the input plane and mapped; a view is the
// rectangle [left, bottom, right, top] shown, and `pixel` the size of one, across and up.

import { levelSet } from "./levels.js";

const TOLERANCE = 0.2; // pixels between the image of a curve and what is drawn for it
const DEPTH = 24; // of halving, at the most
const FOLD_STEPS = 64; // of the mesh at which folds are looked for
const PARTS = 32; // of a line, that are looked at in any case

const corners = ([l, b, r, t]) => [l, b, r, b, r, t, l, t, l, b];

export function overlap(one, other) {
  const [l, b] = [Math.max(one[0], other[0]), Math.max(one[1], other[1])];
  const [r, t] = [Math.min(one[2], other[2]), Math.min(one[3], other[3])];
  return l < r && b < t ? [l, b, r, t] : null;
}

// The input plane: everything stays where it is.
export function inputScene(network, plane, view, pixel) {
  const seen = overlap(plane.rect, view);
  const empty = { region: [], boundary: [] };
  const { region, boundary } = seen ? levelSet((x, y) => network.logit([x, y]), seen, pixel) : empty;
  return { ground: [corners(plane.rect)], grid: gridLines(plane), region, boundary };
}

// The feature space. The output unit cuts it along a straight line, whatever lies on either side.
export function featureScene(network, plane, view, pixel) {
  const line = network.line();
  if (!plane) {
    const ground = [corners(view)];
    return { ground, grid: [], region: [cut(ground[0], line)], boundary: chords(ground, line) };
  }
  const image = (x, y) => network.image([x, y]);
  const map = (curve, parts) => mapCurve(image, curve, parts, view, pixel);
  const flat = network.hidden.every((stage) => stage.units === 2 && stage.activation !== "relu");
  const ground = flat
    ? [map(corners(plane.rect), PARTS)]
    : sheets(network, plane, view, pixel).map((curve) => map(curve, 1));
  return {
    ground,
    region: ground.map((sheet) => cut(sheet, line)),
    grid: gridLines(plane).map((curve) => map(curve, flat ? PARTS : 2 * PARTS)),
    boundary: chords(ground, line),
  };
}

function gridLines({ rect: [l, b, r, t], lines: [xs, ys] }) {
  return [...ys.map((y) => [l, y, r, y]), ...xs.map((x) => [x, b, x, t])];
}

// A folded plane is parted where it turns over; the image of every part runs anticlockwise.
function sheets(network, plane, view, pixel) {
  const [l, b, r, t] = plane.rect;
  const flat = 1e-6 * (pixel[0] * pixel[1] * 250000) / ((r - l) * (t - b));
  const size = [(r - l) / 500, (t - b) / 500];
  const turning = (x, y) => network.stretch([x, y]) + flat;
  const { region: upright, values } = levelSet(turning, plane.rect, size, FOLD_STEPS);
  const known = values.map((value) => (value === -Infinity ? value : -value));
  const turned = levelSet((x, y) => -turning(x, y), plane.rect, size, FOLD_STEPS, known).region;
  const reversed = turned.map((curve) => curve.map((_, k) => curve[curve.length - 2 - k + 2 * (k % 2)]));
  return [...upright, ...reversed];
}

// The image of a curve, with as many points as it needs to look smooth where it is seen.
export function mapCurve(image, curve, parts, view, pixel) {
  const [width, height] = pixel;
  const margin = 0.05;
  const [w, h] = [margin * (view[2] - view[0]), margin * (view[3] - view[1])];
  const hidden = (...ends) =>
    ends.every(([x]) => x < view[0] - w) || ends.every(([x]) => x > view[2] + w) ||
    ends.every(([, y]) => y < view[1] - h) || ends.every(([, y]) => y > view[3] + h);
  const mapped = [];
  const halve = (ax, ay, a, bx, by, b, depth) => {
    const [mx, my] = [(ax + bx) / 2, (ay + by) / 2];
    const m = image(mx, my);
    const [px, py] = [(m[0] - a[0]) / width, (m[1] - a[1]) / height];
    const [qx, qy] = [(b[0] - a[0]) / width, (b[1] - a[1]) / height];
    const square = qx * qx + qy * qy;
    const share = square ? Math.min(Math.max((px * qx + py * qy) / square, 0), 1) : 0;
    if (Math.hypot(px - share * qx, py - share * qy) < TOLERANCE || hidden(a, m, b)) return;
    if (depth) halve(ax, ay, a, mx, my, m, depth - 1);
    mapped.push(m[0], m[1]);
    if (depth) halve(mx, my, m, bx, by, b, depth - 1);
  };
  let [ax, ay] = curve;
  let a = image(ax, ay);
  mapped.push(a[0], a[1]);
  for (let k = 2; k < curve.length; k += 2) {
    const [fromX, fromY] = [curve[k - 2], curve[k - 1]];
    for (let part = 1; part <= parts; part++) {
      const [bx, by] = [
        fromX + (part / parts) * (curve[k] - fromX),
        fromY + (part / parts) * (curve[k + 1] - fromY),
      ];
      const b = image(bx, by);
      halve(ax, ay, a, bx, by, b, DEPTH);
      mapped.push(b[0], b[1]);
      [ax, ay, a] = [bx, by, b];
    }
  }
  return mapped;
}

// What of a polygon lies on the side of class 1.
export function cut(polygon, line) {
  const kept = [];
  const keep = (x, y) => kept.push(x, y);
  walk(polygon, line, keep, keep);
  return kept;
}

// Go around a polygon: tell where its edges cross a straight line, and which corners are of class 1.
function walk(polygon, [v1, v2, c], crossed, corner) {
  let [ax, ay] = polygon.slice(-2);
  let before = v1 * ax + v2 * ay + c;
  for (let k = 0; k < polygon.length; k += 2) {
    const [bx, by] = [polygon[k], polygon[k + 1]];
    const here = v1 * bx + v2 * by + c;
    if (before >= 0 !== here >= 0) {
      const share = before / (before - here);
      crossed(ax + share * (bx - ax), ay + share * (by - ay), here >= 0 ? 1 : -1);
    }
    if (here >= 0) corner(bx, by);
    [ax, ay, before] = [bx, by, here];
  }
}

// The parts of the straight line that lie within polygons: where they wind around it.
export function chords(polygons, line) {
  const crossings = [];
  const [v1, v2] = line;
  const cross = (x, y, turn) => crossings.push({ x, y, along: v1 * y - v2 * x, turn });
  for (const polygon of polygons) walk(polygon, line, cross, () => {});
  crossings.sort((one, other) => one.along - other.along);
  const found = [];
  let winding = 0;
  for (const { x, y, turn } of crossings) {
    if (winding === 0) found.push([x, y]);
    winding += turn;
    if (winding === 0) found.at(-1).push(x, y);
  }
  return found.filter((chord) => chord.length === 4);
}
