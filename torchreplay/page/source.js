// What is drawn of an epoch: evaluated by its network, or, for a network that the page cannot
// evaluate, read from positions that were recorded.

import { pairs } from "./geometry.js";
import { data, network, planes, points } from "./record.js";
import { featureScene, inputScene } from "./scene.js";
import { decode } from "./text.js";

const evaluated = {
  images: { input: points.plane },
  logit: new Float64Array(points.count),

  restore(index) {
    network.restore(index);
    const h = network.hidden.at(-1)?.h ?? network.x;
    const images = new Float64Array(2 * points.count);
    for (let n = 0; n < points.count; n++) {
      this.logit[n] = network.logit(points.at(n));
      [images[2 * n], images[2 * n + 1]] = network.seen(h);
    }
    this.images.feature = images;
  },

  scene(space, view, pixel) {
    return (space === "input" ? inputScene : featureScene)(network, planes.input, view, pixel);
  },
};

// Positions have 16 bits across and up the axes of a space.
const recorded = {
  images: { input: points.plane },
  scenes: {},

  restore(index) {
    const { spaces, logit } = data.positions[index];
    this.logit = decode(logit);
    for (const [name, { points, ...curves }] of Object.entries(spaces)) {
      const [l, b, r, t] = planes[name].rect;
      const place = ([x, y]) => [l + (x / 65535) * (r - l), b + (y / 65535) * (t - b)];
      const places = (text) => pairs(decode(text, Uint16Array)).map(place);
      if (points) this.images[name] = places(points).flat();
      this.scenes[name] = Object.fromEntries(Object.entries(curves).map(([kind, parts]) => [kind, parts.map(places)]));
    }
  },

  scene(space) {
    return this.scenes[space];
  },
};

export const source = network ? evaluated : recorded;
