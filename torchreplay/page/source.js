// What is drawn of an epoch: evaluated by its network, or, for a network that the page cannot
// evaluate, read from positions that were recorded.

import { pairs } from "./geometry.js";
import { featureScene, inputScene } from "./scene.js";

export const decode = (text, Kind) =>
  new Kind(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);

export class Evaluation {
  constructor(network, points, planes) {
    Object.assign(this, { network, points, planes, images: { input: points.plane, feature: [] } });
    this.logit = new Float64Array(points.count);
  }

  restore(index) {
    const { network, points, logit, images } = this;
    network.restore(index);
    const h = network.hidden.at(-1)?.h ?? network.x;
    images.feature = new Float64Array(2 * points.count);
    for (let n = 0; n < points.count; n++) {
      logit[n] = network.logit(points.at(n));
      [images.feature[2 * n], images.feature[2 * n + 1]] = network.seen(h);
    }
  }

  scene(space, view, pixel) {
    return (space === "input" ? inputScene : featureScene)(this.network, this.planes.input, view, pixel);
  }
}

// Positions have 16 bits across and up the axes of a space.
export class Positions {
  constructor({ epochs }, points, planes) {
    Object.assign(this, { epochs, planes, images: { input: points.plane }, scenes: {} });
  }

  restore(index) {
    const { spaces, logit } = this.epochs[index];
    this.logit = decode(logit, Float32Array);
    for (const [name, { points, ...curves }] of Object.entries(spaces)) {
      const [l, b, r, t] = this.planes[name].rect;
      const place = ([x, y]) => [l + (x / 65535) * (r - l), b + (y / 65535) * (t - b)];
      const places = (text) => pairs(decode(text, Uint16Array)).map(place);
      if (points) this.images[name] = places(points).flat();
      this.scenes[name] = Object.fromEntries(Object.entries(curves).map(([kind, parts]) => [kind, parts.map(places)]));
    }
  }

  scene(space) {
    return this.scenes[space];
  }
}
