// What is drawn of an epoch: evaluated by its network, or, for a network that the page cannot
// evaluate, read from positions that were recorded.

import { pairs } from "./geometry.js";
import { data, network, planes, points, task } from "./record.js";
import { featureScene, graphScene, inputScene } from "./scene.js";
import { decode } from "./text.js";

const evaluated = {
  images: { input: points.plane },
  logits: new Float64Array(points.count * task.outputs),

  restore(index) {
    network.restore(index);
    const h = network.hidden.at(-1)?.h ?? network.x;
    const images = new Float64Array(2 * points.count);
    for (let n = 0; n < points.count; n++) {
      this.logits.set(network.logits(points.at(n)), n * task.outputs);
      [images[2 * n], images[2 * n + 1]] = network.seen(h);
    }
    this.images.feature = images;
  },

  scene(space, view, pixel) {
    if (space === "feature") return featureScene(network, planes.input, data.is_graph, view, pixel);
    return (data.is_graph ? graphScene : inputScene)(network, planes.input, view, pixel);
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

  scene(space) {
    return this.scenes[space];
  },
};

export const source = network ? evaluated : recorded;

// What the network puts out for a point.
export const outputsOf = (n) => source.logits.subarray(n * task.outputs, (n + 1) * task.outputs);
