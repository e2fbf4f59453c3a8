// The curves of loss and accuracy over the epochs; a veil covers later epochs.

import { ceil } from "./geometry.js";
import { curves, last } from "./record.js";
import { $ } from "./text.js";

const MOST = 2000; // places drawn of a curve
const share = (index) => index / (last || 1);

export function drawCurves() {
  for (const { name, values, most } of curves) {
    const places = Array.from(values, (value, k) => `${share(k)} ${1 - value / most}`);
    const drawn = places.filter((_, k) => k % ceil(places.length / MOST) === 0 || k === last);
    $(`${name}-curve`).setAttribute("d", `M${drawn.join("L")}`);
  }
}

export function drawTime(index) {
  const left = `${100 * share(index)}%`;
  $("veil").style.left = left;
  for (const { name, values, most } of curves) {
    Object.assign($(`${name}-tip`).style, { left, bottom: `${(100 * values[index]) / most}%` });
  }
}
