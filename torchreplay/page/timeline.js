// The curves of loss and accuracy over the epochs; a veil lies on what is still to come.

import { accuracy, last, loss } from "./record.js";
import { $ } from "./text.js";

const MOST = 2000; // places of a curve
const highest = loss.reduce((most, value) => Math.max(most, value), 0) || 1;
const heights = { loss: loss.map((value) => value / highest), accuracy };
const share = (index) => index / (last || 1);

export function drawCurves() {
  $("highest").textContent = highest < 100 ? highest.toPrecision(2) : Math.round(highest);
  for (const [name, values] of Object.entries(heights)) {
    const places = Array.from(values, (height, k) => `${share(k)} ${1 - height}`);
    const drawn = places.filter((_, k) => k % Math.ceil(places.length / MOST) === 0 || k === last);
    $(`${name}-curve`).setAttribute("d", `M${drawn.join("L")}`);
  }
}

export function drawTime(index) {
  const left = `${100 * share(index)}%`;
  $("veil").style.left = left;
  for (const [name, values] of Object.entries(heights)) {
    Object.assign($(`${name}-tip`).style, { left, bottom: `${100 * values[index]}%` });
  }
}
