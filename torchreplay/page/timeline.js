// The curves of the loss, and of another number, over the epochs; a veil covers later epochs.

import { ceil, clamp } from "./geometry.js";
import { called, curves, epochs, ghost, horizon, last, run } from "./record.js";
import { $, pretty, range } from "./text.js";

const MOST = 2000; // places drawn of a curve
const highest = $("highest").textContent; // the end of the axis of the loss of all records
export const share = (epoch) => epoch / (horizon() || 1);
const drawn = () => curves.filter(({ most }) => most !== null); // the others are numbers alone
const height = ({ values, least, most }, index) => clamp((values[index] - least) / (most - least), 0, 1) || 0;

// The path of a curve of a run.
function path({ epochs }, curve) {
  const step = ceil(epochs.length / MOST);
  const some = new Set([...range(ceil(epochs.length / step), (k) => k * step), epochs.length - 1]);
  return `M${[...some].map((k) => `${share(epochs[k])} ${1 - height(curve, k)}`).join("L")}`;
}

// Draw the curves of the run, and the loss of its ghost, unless nothing has changed.
export function drawCurves() {
  const seen = [run, ghost, last, horizon()];
  if (seen.every((what, k) => what === drawCurves.seen?.[k])) return;
  drawCurves.seen = seen;
  for (const path of $("curves").querySelectorAll("path")) path.setAttribute("d", "");
  for (const tip of $("curves").querySelectorAll("i")) tip.hidden = true;
  for (const curve of drawn()) {
    $(`${curve.name}-curve`).setAttribute("d", path(run, curve));
    $(`${curve.name}-tip`).hidden = false;
  }
  const { most } = curves[0];
  if (ghost) $("ghost-curve").setAttribute("d", path(ghost, { ...ghost.curves[0], most }));
  $("highest").textContent = run.base || run.isGrown ? pretty(String(Number(most.toPrecision(2)))) : highest;
}

export function drawTime(index) {
  drawCurves();
  Object.assign($("slider"), { max: horizon(), value: epochs[index], ariaValueText: called(index) });
  const left = `${100 * share(epochs[index])}%`;
  $("veil").style.left = left;
  for (const curve of drawn()) {
    Object.assign($(`${curve.name}-tip`).style, { left, bottom: `${100 * height(curve, index)}%` });
  }
}
