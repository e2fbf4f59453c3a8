// What is drawn of an epoch of a run: evaluated by its network, or, for a network that the page cannot
// evaluate, read from positions that were recorded.

import { Way } from "./bent.js";
import { preimage } from "./folds.js";
import { pairs } from "./geometry.js";
import { partition } from "./partition.js";
import { ghost, nearest, run } from "./record.js";
import { featureScene, graphScene, inputScene } from "./scene.js";
import { decode } from "./text.js";

const MOST_KEPT = 40; // results of an epoch
export let source;

// Turn to an epoch of the run that is shown, with a share of the bend done, and its ghost to the nearest
// epoch that it has.
export function turn(index, share) {
  source = sourceOf(run);
  source.restore(index, share);
  if (ghost) sourceOf(ghost).restore(nearest(ghost, run.epochs[index]), share);
}

export const sourceOf = (run) => (run.source ??= new (run.network ? Evaluated : Recorded)(run));

class Evaluated {
  // shown: what the feature space shows, see `Way`, another object if anything of it is another.
  constructor(run) {
    const { network, points, task, planes, data } = run;
    Object.assign(this, { network, points, task, planes, isGraph: data.is_graph, way: new Way(run) });
    this.kept = { input: points.plane };
    this.outputs = new Float64Array(points.count * task.outputs);
  }

  restore(index, share) {
    if (index === this.index && share === this.share) return;
    if (index !== this.index) {
      this.network.restore(index);
      this.made = new Map();
    }
    Object.assign(this, { index, share, shown: this.way.at(share) });
  }

  // Evaluate the points, unless they are those of what is shown.
  evaluate() {
    if (this.evaluated === this.shown) return;
    this.evaluated = this.shown;
    const { network, task, shown, points: { count, at }, outputs } = this;
    const images = new Float64Array(2 * count);
    for (let n = 0; n < count; n++) {
      outputs.set(network.logits(at(n)), n * task.outputs);
      [images[2 * n], images[2 * n + 1]] = shown.image(at(n));
    }
    this.kept = { ...this.kept, feature: images };
  }

  get images() {
    this.evaluate();
    return this.kept;
  }

  get logits() {
    this.evaluate();
    return this.outputs;
  }

  // What is made, which is kept for this epoch by a key.
  memo(key, make) {
    if (this.made.size > MOST_KEPT) this.made.clear();
    if (!this.made.has(key)) this.made.set(key, make());
    return this.made.get(key);
  }

  // How a part of the input plane is divided.
  divide(rect) {
    const { task, network } = this;
    return this.memo(`${rect}`, () => partition((place) => task.scores(network.logits(place)), rect));
  }

  // The pick at a place of a space: a place of the input space, if one is there, or else a spot; null
  // where nothing is known.
  // near: the number of a point whose image is near.
  pick(space, place, pixel, near) {
    if (space === "input") return { place };
    const { points, isGraph, shown, planes } = this;
    const found = points.plane && !isGraph && preimage(shown.image, planes.input.rect, [...points.at(near)], place, pixel);
    return found ? { place: found } : shown.cuts && { spot: place };
  }

  // hasGrid: whether the feature space has a grid; that of a ghost is not seen.
  scene(space, view, pixel, hasGrid = true) {
    const { network, planes, isGraph } = this;
    if (space === "feature") return featureScene(this, view, pixel, hasGrid);
    return isGraph ? graphScene(network, planes.input, view, pixel) : inputScene(planes.input, this.divide(view));
  }
}

// Positions have 16 bits across and up the axes of a space.
class Recorded {
  scenes = {};

  constructor({ points, task, planes, data }) {
    Object.assign(this, { task, planes, positions: data.positions, images: { input: points.plane } });
  }

  restore(index) {
    if (index === this.index) return;
    Object.assign(this, { index, shown: { ...this.planes.feature } });
    const { spaces, logits } = this.positions[index];
    this.logits = decode(logits);
    for (const [name, { points, regions, others, ...curves }] of Object.entries(spaces)) {
      const [l, b, r, t] = this.planes[name].rect;
      const place = ([x, y]) => [l + (x / 65535) * (r - l), b + (y / 65535) * (t - b)];
      const places = (text) => pairs(decode(text, Uint16Array)).map(place);
      if (points) this.images[name] = places(points).flat();
      const drawn = Object.entries(curves).map(([kind, parts]) => [kind, parts.map(places)]);
      this.scenes[name] = { ...Object.fromEntries(drawn), regions: regions.map((parts) => parts.map(places)), others };
    }
  }

  scene(space) {
    return this.scenes[space];
  }
}

// Where the points are in a space.
export const imagesIn = ({ run, name }) => sourceOf(run).images[name];

// What the network of a source puts out for a point.
export function outputsOf(n, { logits, task: { outputs } } = source) {
  return logits.subarray(n * outputs, (n + 1) * outputs);
}
