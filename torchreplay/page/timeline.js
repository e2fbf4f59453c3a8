// The curves of the loss, and of another number, over the epochs; a veil covers later epochs.

import { ceil, clamp } from "./geometry.js";
import { curves, last } from "./record.js";
import { $ } from "./text.js";

const MOST = 2000; // places drawn of a curve
export const share = (index) => index / (last || 1);
const drawn = curves.filter(({ most }) => most !== null); // the others are numbers alone
const height = ({ values, least, most }, index) => clamp((values[index] - least) / (most - least), 0, 1) || 0;

export function drawCurves() {
  for (const curve of drawn) {
    const places = Array.from(curve.values, (_, k) => `${share(k)} ${1 - height(curve, k)}`);
    const some = places.filter((_, k) => k % ceil(places.length / MOST) === 0 || k === last);
    $(`${curve.name}-curve`).setAttribute("d", `M${some.join("L")}`);
  }
}

export function drawTime(index) {
  const left = `${100 * share(index)}%`;
  $("veil").style.left = left;
  for (const curve of drawn) {
    Object.assign($(`${curve.name}-tip`).style, { left, bottom: `${100 * height(curve, index)}%` });
  }
}
