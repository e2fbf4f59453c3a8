// The way of a run to the feature space: what is shown of that when some share of the bend is done,
// { image, cuts, isFlat, rect, labels, title, note }. `image` maps points to it, and `cuts` are the lines
// of the output units, if they decide there. isFlat: whether it folds nothing. isBare: whether its axes
// have units of no feature.

import { Bend } from "./bend.js";
import { floor, max, min, round } from "./geometry.js";
import { range } from "./text.js";

const MESH_STEPS = 40; // of the mesh whose image the axes surround
const LEAST_SIDE = 1e-6; // of these axes
const BETWEEN = "no state of the network";

export class Way {
  // stops: where the bend has a state of the network, see `Bend`; none where there is no bend.
  constructor({ network, planes, points, data }) {
    Object.assign(this, { network, planes, points, isLine: data.is_graph });
    this.stops = planes.input && planes.feature ? this.bend().stops : [];
    this.mesh = planes.input && meshOf(planes.input.rect);
  }

  bend() {
    return new Bend(this.network, this.planes.input.rect, this.isLine);
  }

  at(share) {
    const { network, planes: { feature, input }, isLine } = this;
    if (!this.stops.length || share === 1) {
      const { isFlat, leading: { length } } = network;
      return { ...feature, image: (x) => network.image(x), cuts: network.lines(), isFlat, layer: length - 1 };
    }
    const bend = this.bend();
    const { isFlat, stages, stops, scale } = bend;
    const [image, [done, rest]] = [bend.at(share), bend.moment(share)];
    const from = stops.findLast(({ at }) => at <= done);
    const to = stops.find(({ at }) => at > done);
    const isState = from.at === done && !rest;
    const shown = { image, isFlat, isBent: true, layer: to.layer, title: isState ? from.text : `${from.text} → ${to.text}` };
    if (share === 0 && !isLine) return { ...shown, ...input, image: (x) => x, note: "the input space" };
    const before = stages.slice(stops.findLast(({ at }) => at < done)?.at, done).map(({ name }) => name);
    return {
      ...shown,
      rect: this.rect(image, done === stages.length - 1 ? rest : 0),
      labels: !isState ? [BETWEEN, ""] : done ? from.labels : [input.labels[0], ""],
      note: isState ? before.join(" and ") || "the axis of the feature" : `${stages[done].name}, ${round(100 * rest)} %`,
      isBare: from.at === 0 && scale.some((side) => side !== 1),
    };
  }

  // The axes: a square around the images of plane and points, which becomes that of the feature space in
  // the last stage, of which a share is done.
  rect(image, rest) {
    const box = this.box(image);
    const [l, b, r, t] = box;
    const half = max(r - l, t - b, LEAST_SIDE) / 2;
    const square = [(l + r) / 2 - half, (b + t) / 2 - half, (l + r) / 2 + half, (b + t) / 2 + half];
    if (!rest) return square;
    const last = this.box((x) => this.network.image(x));
    return square.map((end, k) => (1 - rest) * end + rest * (box[k] + this.planes.feature.rect[k] - last[k]));
  }

  box(image) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const add = (x) => {
      const [across, up] = image(x);
      [box[0], box[1], box[2], box[3]] = [min(box[0], across), min(box[1], up), max(box[2], across), max(box[3], up)];
    };
    this.mesh.forEach(add);
    for (let n = 0; n < this.points.count; n++) add(this.points.at(n));
    return box;
  }
}

function meshOf([left, bottom, right, top]) {
  const side = MESH_STEPS + 1;
  const end = (k, low, high) => low + (k / MESH_STEPS) * (high - low);
  return range(side * side, (k) => [end(k % side, left, right), end(floor(k / side), bottom, top)]);
}
