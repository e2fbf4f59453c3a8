// The way of a run to the feature space: what is shown of that when some share of the bend is done,
// { image, cuts, isFlat, rect, labels, title, note }. `image` maps points to it, and `cuts` are the lines
// of the output units, if they decide there. isFlat: whether it folds nothing. isBare: whether its axes
// have units of no feature.

import { Bend } from "./bend.js";
import { floor, max, min, round } from "./geometry.js";
import { classes, classWord } from "./record.js";
import { range } from "./text.js";

const MESH_STEPS = 24; // of the mesh whose image the axes surround
const LEAST_SIDE = 1e-6; // of these axes
const MARGIN = 0.05; // beside what other axes show, relative to it
const BETWEEN = "between two steps of the network";

export class Way {
  known = new Map(); // ends of points and of a mesh at an epoch, see `end`

  // stops: where the bend has a state of the network, see `Bend`; none where there is no bend.
  constructor({ network, planes, points, data }) {
    Object.assign(this, { network, planes, points, feature: planes.feature, isLine: data.is_graph, end: this.end.bind(this) });
    this.spread = [...(planes.input ? meshOf(planes.input.rect) : []), ...range(points.count, points.at)];
    this.stops = this.stopsOf();
  }

  stopsOf() {
    const { planes: { input }, feature, network: { plane } } = this;
    return input && feature && !feature.classes && !plane.isPlain ? this.bend().stops : [];
  }

  bend() {
    return new Bend(this.network, this.planes.input.rect, this.isLine, this.end);
  }

  // The place of a point in the feature space.
  end(x) {
    return this.known.get(x) ?? this.network.image(x);
  }

  // share: that of the bend which is done. isOther: whether the epoch is another one than before.
  at(share, isOther) {
    const { network, planes: { input }, feature, isLine, stops } = this;
    if (isOther) this.known.clear();
    if (!stops.length || share === 1) {
      const { isFlat, leading: { length }, plane: { isPlain } } = network;
      const note = feature?.classes ? `3 of ${classes.length} classes` : feature?.units && `of ${feature.units} units`;
      return { note, ...feature, image: this.end, cuts: network.lines(), isFlat, isPlain, layer: length - 1 };
    }
    const bend = this.bend();
    const { isFlat, stages, scale } = bend;
    const [image, [done, rest]] = [bend.at(share), bend.moment(share)];
    const from = stops.findLast(({ at }) => at <= done);
    const to = stops.find(({ at }) => at > done);
    const isState = from.at === done && !rest;
    const shown = { image, isFlat, isBent: true, layer: to.layer, title: isState ? from.text : `${from.text} → ${to.text}` };
    if (share === 0 && !isLine) return { ...shown, ...input, image: (x) => x, note: "the input space" };
    const rect = this.rect(image, done === stages.length - 1 ? rest : 0);
    const mirrored = isFlat || !this.isMirror() ? "" : " (mirrored)";
    const before = stages.slice(stops.findLast(({ at }) => at < done)?.at, done).map(({ name }) => name);
    return {
      ...shown,
      rect,
      labels: !isState ? [BETWEEN, ""] : done ? from.labels : [input.labels[0], ""],
      note: isState ? before.join(" and ") || "the axis of the feature" : stages[done].name + mirrored,
      part: isState ? "" : `${round(100 * rest)} %`,
      isBare: from.at === 0 && scale.some((side) => side !== 1),
    };
  }

  // Take other axes of many units, see `axes.js`; those of the record without any. `epochs` are some of a
  // run: the axes reach around what they show.
  take(axes, epochs) {
    const { network, planes: { feature } } = this;
    network.take(axes);
    this.feature = axes ? { ...feature, ...namesOf(axes, network), rect: this.reach(epochs) } : feature;
    this.stops = this.stopsOf();
  }

  reach(epochs) {
    const { value } = this.network.leading.at(-1);
    const ends = [value(-Infinity), value(Infinity)];
    if (this.network.plane.isPlain && ends.every(isFinite)) return [ends[0], ends[0], ends[1], ends[1]];
    const boxes = epochs.map((index) => (this.network.restore(index), this.box((x) => this.network.image(x))));
    const [l, b, r, t] = [0, 1, 2, 3].map((k) => (k < 2 ? min : max)(...boxes.map((box) => box[k])));
    const [across, up] = [r - l, t - b].map((side) => MARGIN * max(side, LEAST_SIDE));
    return [l - across, b - up, r + across, t + up];
  }

  // The axes: a square around the images of plane and points, which becomes that of the feature space in
  // the last stage, of which a share is done.
  rect(image, rest) {
    if (rest && !this.known.size) for (const x of this.spread) this.known.set(x, this.network.image(x));
    const box = this.box(image);
    const [l, b, r, t] = box;
    const half = max(r - l, t - b, LEAST_SIDE) / 2;
    const square = [(l + r) / 2 - half, (b + t) / 2 - half, (l + r) / 2 + half, (b + t) / 2 + half];
    if (!rest) return square;
    const last = this.box(this.end);
    return square.map((end, k) => (1 - rest) * end + rest * (box[k] + this.feature.rect[k] - last[k]));
  }

  // Whether the linear map that is nearest to the whole way turns the plane over.
  isMirror() {
    const { spread, points: { count } } = this;
    let [a, b, c, d] = [0, 0, 0, 0]; // of places of the mesh, which lies around its middle, and their ends
    const [[left, bottom], [right, top]] = [spread[0], spread.at(-1 - count)];
    for (const place of spread.slice(0, -count)) {
      const [x, y] = [place[0] - (left + right) / 2, place[1] - (bottom + top) / 2];
      const [u, v] = this.end(place);
      [a, b, c, d] = [a + x * u, b + x * v, c + y * u, d + y * v];
    }
    return a * d < b * c;
  }

  box(image) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const x of this.spread) {
      const [across, up] = image(x);
      [box[0], box[1], box[2], box[3]] = [min(box[0], across), min(box[1], up), max(box[2], across), max(box[3], up)];
    }
    return box;
  }
}

function namesOf({ units, classes: chosen }, { leading }) {
  if (units) return { labels: units.map((unit) => leading.at(-1).symbols[unit]), title: "Two units", note: "no boundary here" };
  const [first, second, third] = chosen.map(classWord);
  return { labels: [`From ${first} toward ${second}`, `Toward ${third}, at right angles to it`], classes: chosen };
}

function meshOf([left, bottom, right, top]) {
  const side = MESH_STEPS + 1;
  const end = (k, low, high) => low + (k / MESH_STEPS) * (high - low);
  return range(side * side, (k) => [end(k % side, left, right), end(floor(k / side), bottom, top)]);
}
