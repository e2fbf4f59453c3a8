// What is drawn of an epoch: evaluated by its network, or, for a network that the page cannot
// evaluate, read from positions that were recorded.

import { featureScene, inputScene } from "./scene.js";

export const decode = (text, Kind) =>
  new Kind(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);

export class Evaluation {
  constructor(network, points, planes) {
    Object.assign(this, { network, points, planes });
    this.images = { input: points.plane, feature: new Float64Array(2 * points.count) };
    this.logit = new Float64Array(points.count);
  }

  restore(index) {
    const { network, points, logit } = this;
    const images = this.images.feature;
    network.restore(index);
    for (let n = 0; n < points.count; n++) {
      logit[n] = network.logit(points.at(n));
      [images[2 * n], images[2 * n + 1]] = network.seen(network.hidden.at(-1)?.h ?? network.x);
    }
  }

  scene(space, view, pixel) {
    return (space === "input" ? inputScene : featureScene)(this.network, this.planes.input, view, pixel);
  }
}

// Positions have 16 bits across and up the axes of a space.
export class Positions {
  constructor({ epochs }, points, planes) {
    Object.assign(this, { epochs, points, planes, images: { input: points.plane }, scenes: {} });
  }

  restore(index) {
    const { spaces, logit } = this.epochs[index];
    this.logit = decode(logit, Float32Array);
    for (const [name, { points, ...curves }] of Object.entries(spaces)) {
      const { rect } = this.planes[name];
      const end = (v, k) => rect[k % 2] + (v / 65535) * (rect[2 + (k % 2)] - rect[k % 2]);
      const place = (text) => Array.from(decode(text, Uint16Array), end);
      if (points) this.images[name] = place(points);
      const placed = Object.entries(curves).map(([kind, parts]) => [kind, parts.map(place)]);
      this.scenes[name] = Object.fromEntries(placed);
    }
  }

  scene(space) {
    return this.scenes[space];
  }
}
