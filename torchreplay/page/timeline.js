// The curves of loss and accuracy over the epochs; a veil lies on those that are still to come.

import { $ } from "./text.js";

const MOST = 2000; // places of a curve

export class Timeline {
  constructor({ loss, accuracy }) {
    this.last = loss.length - 1;
    this.most = loss.reduce((most, value) => Math.max(most, value), 0) || 1;
    this.curves = [
      { name: "loss", heights: loss.map((value) => value / this.most) },
      { name: "accuracy", heights: accuracy },
    ];
    $("most-loss").textContent = this.most < 100 ? this.most.toPrecision(2) : Math.round(this.most);
    for (const { name, heights } of this.curves) {
      const step = Math.ceil(heights.length / MOST);
      const places = Array.from(heights, (height, k) => `${this.share(k)} ${1 - height}`);
      const drawn = places.filter((_, k) => k % step === 0 || k === this.last);
      $(`${name}-curve`).setAttribute("d", `M${drawn.join("L")}`);
    }
  }

  share(index) {
    return this.last ? index / this.last : 0;
  }

  draw(index) {
    const left = `${100 * this.share(index)}%`;
    $("veil").style.left = left;
    for (const { name, heights } of this.curves) {
      Object.assign($(`${name}-tip`).style, { left, bottom: `${100 * heights[index]}%` });
    }
  }
}
