// What is drawn of an epoch of a run: evaluated by its network, or, for a network that the page cannot
// evaluate, read from positions that were recorded.

import { pairs } from "./geometry.js";
import { ghost, nearest, run } from "./record.js";
import { featureScene, graphScene, inputScene } from "./scene.js";
import { decode } from "./text.js";

export let source;

// Turn to an epoch of the run that is shown, and its ghost to the nearest that it has.
export function turn(index) {
  source = sourceOf(run);
  source.restore(index);
  if (ghost) sourceOf(ghost).restore(nearest(ghost, run.epochs[index]));
}

export const sourceOf = (run) => (run.source ??= new (run.network ? Evaluated : Recorded)(run));

class Evaluated {
  constructor({ network, points, task, planes, data }) {
    Object.assign(this, { network, points, task, planes, isGraph: data.is_graph });
    this.kept = { input: points.plane };
    this.outputs = new Float64Array(points.count * task.outputs);
  }

  restore(index) {
    if (index === this.index) return;
    this.network.restore(index);
    this.index = index;
  }

  // Evaluate the points, unless they are those of this epoch.
  evaluate() {
    if (this.evaluated === this.index) return;
    this.evaluated = this.index;
    const { network, task, points: { count, at }, outputs } = this;
    const h = network.hidden.at(-1)?.h ?? network.x;
    const images = new Float64Array(2 * count);
    for (let n = 0; n < count; n++) {
      outputs.set(network.logits(at(n)), n * task.outputs);
      [images[2 * n], images[2 * n + 1]] = network.seen(h);
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

  scene(space, view, pixel) {
    const { network, planes, isGraph } = this;
    if (space === "feature") return featureScene(network, planes.input, isGraph, view, pixel);
    return (isGraph ? graphScene : inputScene)(network, planes.input, view, pixel);
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
    this.index = index;
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
