// What is drawn of an epoch: evaluated by its network, or, for a network that the page cannot
// evaluate, read from positions that were recorded.

import { shownAt } from "./bent.js";
import { preimage } from "./folds.js";
import { pairs } from "./geometry.js";
import { partition } from "./partition.js";
import { data, network, planes, points, task } from "./record.js";
import { featureScene, graphScene, inputScene } from "./scene.js";
import { decode } from "./text.js";

const MOST_KEPT = 8; // divisions of an epoch

const evaluated = {
  images: { input: points.plane },
  logits: new Float64Array(points.count * task.outputs),

  restore(index) {
    network.restore(index);
    this.found = {};
    for (let n = 0; n < points.count; n++) this.logits.set(network.logits(points.at(n)), n * task.outputs);
  },

  // Show the feature space when a share of the bend is done.
  bend(share) {
    this.shown = shownAt(share);
    const images = new Float64Array(2 * points.count);
    for (let n = 0; n < points.count; n++) [images[2 * n], images[2 * n + 1]] = this.shown.image(points.at(n));
    this.images.feature = images;
  },

  // How a part of the input plane is divided.
  divide(rect) {
    if (Object.keys(this.found).length > MOST_KEPT) this.found = {};
    return (this.found[rect] ??= partition((place) => task.scores(network.logits(place)), rect));
  },

  // The pick at a place of a space: a place of the input space, if one is there, or else a spot; null
  // where nothing is known.
  pick(space, place, pixel) {
    if (space === "input") return { place };
    const found = points.plane && !data.is_graph && preimage(this.shown.image, planes.input.rect, place, pixel);
    return found ? { place: found } : this.shown.cuts && { spot: place };
  },

  scene(space, view, pixel) {
    const all = { network, shown: this.shown, plane: planes.input, isGraph: data.is_graph, divide: (rect) => this.divide(rect) };
    if (space === "feature") return featureScene(all, view, pixel);
    return data.is_graph ? graphScene(network, planes.input, view, pixel) : inputScene(planes.input, this.divide(view));
  },
};

// Positions have 16 bits across and up the axes of a space.
const recorded = {
  images: { input: points.plane },
  scenes: {},

  restore(index) {
    const { spaces, logits } = data.positions[index];
    this.logits = decode(logits);
    for (const [name, { points, regions, others, ...curves }] of Object.entries(spaces)) {
      const [l, b, r, t] = planes[name].rect;
      const place = ([x, y]) => [l + (x / 65535) * (r - l), b + (y / 65535) * (t - b)];
      const places = (text) => pairs(decode(text, Uint16Array)).map(place);
      if (points) this.images[name] = places(points).flat();
      const drawn = Object.entries(curves).map(([kind, parts]) => [kind, parts.map(places)]);
      this.scenes[name] = { ...Object.fromEntries(drawn), regions: regions.map((parts) => parts.map(places)), others };
    }
  },

  shown: planes.feature,
  bend() {},

  scene(space) {
    return this.scenes[space];
  },
};

export const source = network ? evaluated : recorded;

// What the network puts out for a point.
export const outputsOf = (n) => source.logits.subarray(n * task.outputs, (n + 1) * task.outputs);
