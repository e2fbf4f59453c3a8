// What is drawn of an epoch: evaluated from the network, or, for a network that the page cannot
// evaluate, read from positions that were recorded.

import { featureScene, inputScene } from "./scene.js";

export function decode(text, Kind) {
  return new Kind(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
}

// Every point, evaluated by the network of an epoch.
export class Evaluation {
  constructor(network, points, planes) {
    Object.assign(this, { network, points, planes });
    this.images = { input: points.plane, feature: new Float64Array(2 * points.count) };
    this.logit = new Float64Array(points.count);
  }

  restore(index) {
    this.network.restore(index);
    const { network, points, logit } = this;
    const images = this.images.feature;
    for (let n = 0; n < points.count; n++) {
      network.forward(points.at(n));
      logit[n] = network.output.z[0];
      [images[2 * n], images[2 * n + 1]] = network.seen(network.hidden.at(-1).h);
    }
  }

  scene(space, view, pixel) {
    const make = space === "input" ? inputScene : featureScene;
    return make(this.network, this.planes.input, view, pixel);
  }
}

// Positions recorded for some epochs, as 16 bits across and up the axes of a space.
export class Positions {
  constructor(data, points, planes) {
    Object.assign(this, { data, points, planes, images: {} });
  }

  restore(index) {
    const { spaces, logit } = this.data.epochs[index];
    this.scenes = {};
    for (const [name, { points, ...curves }] of Object.entries(spaces)) {
      const [l, b, r, t] = this.planes[name].rect;
      const place = (text) =>
        Array.from(decode(text, Uint16Array), (v, k) => (k % 2 ? b + (v / 65535) * (t - b) : l + (v / 65535) * (r - l)));
      this.images[name] = points ? place(points) : this.points.plane;
      this.scenes[name] = {};
      for (const kind of ["ground", "region", "grid", "boundary"]) {
        this.scenes[name][kind] = curves[kind].map(place);
      }
    }
    this.logit = decode(logit, Float32Array);
  }

  scene(space) {
    return this.scenes[space];
  }
}
