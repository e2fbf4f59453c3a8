// What the feature space shows when some share of the bend is done: { image, cuts, isFlat, rect,
// labels, title, note }. `image` maps points to it, and `cuts` are the lines of the output units, if they
// decide there. isFlat: whether it folds nothing. isBare: whether its axes have units of no feature.

import { Bend } from "./bend.js";
import { floor, max, min, round } from "./geometry.js";
import { data, network, planes, points } from "./record.js";
import { range } from "./text.js";

const MESH_STEPS = 40; // of the mesh whose image the axes surround
const LEAST_SIDE = 1e-6; // of these axes
const BETWEEN = "no state of the network";

const isKnown = Boolean(network && planes.input && planes.feature);
const spread = isKnown ? [...meshOf(planes.input.rect), ...range(points.count, points.at)] : [];
const bendNow = () => new Bend(network, planes.input.rect, data.is_graph);
export const stops = isKnown ? bendNow().stops : []; // where they are and what they are called is the same at all epochs

function meshOf([left, bottom, right, top]) {
  const side = MESH_STEPS + 1;
  const end = (k, low, high) => low + (k / MESH_STEPS) * (high - low);
  return range(side * side, (k) => [end(k % side, left, right), end(floor(k / side), bottom, top)]);
}

// The rectangle around the images of plane and points.
function boxOf(image) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const place of spread) {
    const [x, y] = image(place);
    [box[0], box[1], box[2], box[3]] = [min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)];
  }
  return box;
}

// A square around them, which becomes the axes of the feature space in the last stage.
function rectAt(image, rest) {
  const box = boxOf(image);
  const [l, b, r, t] = box;
  const half = max(r - l, t - b, LEAST_SIDE) / 2;
  const square = [(l + r) / 2 - half, (b + t) / 2 - half, (l + r) / 2 + half, (b + t) / 2 + half];
  if (!rest) return square;
  const last = boxOf((x) => network.image(x));
  return square.map((end, k) => (1 - rest) * end + rest * (box[k] + planes.feature.rect[k] - last[k]));
}

export function shownAt(share) {
  const { feature, input } = planes;
  if (!isKnown || share === 1) {
    const { isFlat } = network;
    return { ...feature, image: (x) => network.image(x), cuts: network.lines(), isFlat };
  }
  const bend = bendNow();
  const { isFlat, stages, scale } = bend;
  const [image, [done, rest]] = [bend.at(share), bend.moment(share)];
  const from = bend.stops.findLast(({ at }) => at <= done);
  const to = bend.stops.find(({ at }) => at > done);
  const isState = from.at === done && !rest;
  const shown = { image, isFlat, isBent: true, title: isState ? from.text : `${from.text} → ${to.text}` };
  if (share === 0 && !data.is_graph) return { ...shown, ...input, image: (x) => x, note: "the input space" };
  const before = stages.slice(bend.stops.findLast(({ at }) => at < done)?.at, done).map(({ name }) => name);
  return {
    ...shown,
    rect: rectAt(image, done === stages.length - 1 ? rest : 0),
    labels: !isState ? [BETWEEN, ""] : done ? from.labels : [input.labels[0], ""],
    note: isState ? before.join(" and ") || "the axis of the feature" : `${stages[done].name}, ${round(100 * rest)} %`,
    isBare: from.at === 0 && scale.some((side) => side !== 1),
  };
}
