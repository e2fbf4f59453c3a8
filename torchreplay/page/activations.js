// The hidden units on their activation function: where the points lie on it.

import { abs, clamp, floor, max, min, round } from "./geometry.js";
import { last, network, points, task } from "./record.js";
import { remember } from "./remember.js";
import { boxPath, tag } from "./shapes.js";
import { $, format, range } from "./text.js";

const MOST_CELLS = 8;
const [STEPS, BINS] = [120, 40]; // of a curve, and of bars
const HIGHEST = 0.9; // of a cell, of its highest bar
const BEYOND = 0.005; // of the points of a unit, at most, lie beyond the axis at an epoch
const SATURATED = 0.1; // of the largest derivative
const SAMPLED = 25; // epochs that say how far the axis reaches

// The last hidden layer with an activation function.
export const activeLayer = () => network?.hidden.findLast(({ sign }) => sign);

// The sums z that its units that are shown receive from each of the points trained on.
function received(layer) {
  const found = range(min(layer.units, MOST_CELLS), () => new Float64Array(points.trained.length));
  points.trained.forEach((n, k) => {
    network.forward(points.at(n), network.hidden);
    found.forEach((z, unit) => (z[k] = layer.z[unit]));
  });
  return found;
}

// The axes: how far z reaches on both sides of 0 at some epochs, and the ends of h.
const axesOf = remember((layer) => {
  const present = network.w.slice();
  const sizes = range(SAMPLED).flatMap((k) => {
    network.w.set(network.parametersAt(round((k / (SAMPLED - 1)) * last)));
    return received(layer).map((z) => z.map(abs).sort()[floor((1 - BEYOND) * (z.length - 1))]);
  });
  network.w.set(present);
  const reach = max(...sizes) || 1;
  return { reach, low: min(floor(layer.value(-reach)), 0), high: max(layer.value(reach), 1) };
});

// Where values are in a cell, which is 1 wide and 1 high.
const across = (z, { reach }) => clamp((z / reach + 1) / 2, 0, 1);
const down = (h, { low, high }) => (high - h) / (high - low);

const drawCells = remember((layer, ink) => {
  const axes = axesOf(layer);
  const h = range(STEPS + 1, (k) => layer.value(((2 * k) / STEPS - 1) * axes.reach));
  const slopes = h.map(layer.slope);
  const line = (values, name) => tag("path", { d: `M${values.map((value, k) => [k / STEPS, down(value, axes)]).join("L")}`, class: name }, "");
  const flat = slopes.map((slope, k) => (slope < SATURATED * max(...slopes) ? boxPath([(k - 0.5) / STEPS, 0, 1 / STEPS, 1]) : ""));
  const curves = tag("path", { d: flat.join(""), class: "flat" }, "") + line(slopes, "slope") + line(h, "curve");
  const ends = [-axes.reach, axes.reach].map((end) => format(end, 1));
  const cells = received(layer).map((z, unit) => {
    const name = layer.symbols[unit];
    const heading = `${name} = ${layer.sign}(${name.replace("h", "z")}), ${format(axes.low, 0)} to ${format(axes.high, 0)}`;
    const svg = tag("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none" }, bars(z, axes, ink) + curves);
    const plot = tag("div", { class: "plot" }, `${svg}<div class="mark pinned"></div>`);
    return tag("div", { class: "cell" }, `${tag("h3", {}, heading)}${plot}<p>${ends.join("<span>z</span>")}</p>`);
  });
  const rest = layer.units - cells.length;
  $("cells").innerHTML = cells.join("") + (rest ? tag("p", {}, `and ${rest} more`) : "");
});

// Bars that count the points of each area, on each other.
function bars(z, axes, ink) {
  const counts = range(task.areas, () => Array(BINS).fill(0));
  points.trained.forEach((n, k) => counts[points.group[n]][min(floor(across(z[k], axes) * BINS), BINS - 1)]++);
  const tops = Array(BINS).fill(0);
  const stacked = counts.map((each) => each.map((count, bin) => [(tops[bin] += count), count]));
  const scale = HIGHEST / max(...tops);
  return stacked.map((each, area) => {
    const boxes = each.map(([top, count], bin) => (count ? boxPath([bin / BINS, 1 - top * scale, 1 / BINS, count * scale]) : ""));
    return tag("path", { d: boxes.join(""), fill: ink.points[area], opacity: 0.7 }, "");
  }).join("");
}

// Draw the cells, and in each where a pick lies, if it is in the input space. The key is what else the
// bars depend on.
export function drawActivations(pick, ink, ...key) {
  const layer = activeLayer();
  drawCells(layer, ink, ...key);
  const x = pick && (pick.place ?? (pick.point >= 0 && points.at(pick.point)));
  if (x) network.forward(x, network.hidden);
  document.querySelectorAll(".cell .mark").forEach((mark, unit) => {
    const [left, top] = [across(layer.z[unit], axesOf(layer)), down(layer.h[unit], axesOf(layer))];
    mark.hidden = !x;
    mark.style.inset = `${100 * top}% auto auto ${100 * left}%`;
  });
}
