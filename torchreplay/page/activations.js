// The hidden units on their activation function: where the points lie on it.

import { abs, clamp, floor, max, min, round } from "./geometry.js";
import { last, network, points, task } from "./record.js";
import { remember } from "./remember.js";
import { boxPath, tag } from "./shapes.js";
import { $, element, format, range } from "./text.js";

const [CELL_WIDTH, CELL_HEIGHT] = [252, 150]; // pixels
const [FIRST, FLOOR, ACROSS, UP] = [40, 124, 190, 112]; // pixels: left and lower end of the axes, their lengths
const MOST_CELLS = 8;
const BINS = 40;
const [FACING, STACKED] = [0.45, 0.9]; // heights of the highest bar, of a cell
const BEYOND = 0.005; // of the points of a unit, at most, lie beyond the axis at an epoch
const SATURATED = 0.1; // of the largest derivative
const SAMPLED = 25; // epochs that say how far the axis reaches
const STEPS_OF_CURVE = 120;

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

// How far from 0 the axis of z reaches on both sides, by some epochs.
const reachOf = remember((layer) => {
  const present = network.w.slice();
  const sizes = range(SAMPLED).flatMap((k) => {
    network.w.set(network.parametersAt(round((k / (SAMPLED - 1)) * last)));
    return received(layer).map((z) => z.map(abs).sort()[floor((1 - BEYOND) * (z.length - 1))]);
  });
  network.w.set(present);
  return max(...sizes) || 1;
});

// The curve and the derivative over z, and the ends of its axis.
const functionOf = remember((layer, reach) => {
  const z = range(STEPS_OF_CURVE + 1, (k) => (2 * k / STEPS_OF_CURVE - 1) * reach);
  const h = z.map(layer.value);
  const slopes = h.map(layer.slope);
  const ends = [min(floor(min(...h)), 0), max(...h) > 1 ? max(...h) : 1];
  return { z, h, slopes, ends };
});

const acrossOf = (z, reach) => FIRST + ((clamp(z, -reach, reach) / reach + 1) / 2) * ACROSS;
const upOf = (value, [low, high]) => FLOOR - ((value - low) / (high - low)) * UP;
const pathOf = (xs, ys) => `M${xs.map((x, k) => [x.toFixed(1), ys[k].toFixed(1)]).join("L")}`;

// The bars of each area, as paths: those of two classes face each other, others stand on each other.
function bars(z, reach) {
  const counts = range(task.areas, () => new Float64Array(BINS));
  points.trained.forEach((n, k) => {
    const bin = floor(((clamp(z[k], -reach, reach) / reach + 1) / 2) * BINS);
    counts[points.group[n]][min(bin, BINS - 1)]++;
  });
  const isFacing = task.areas === 2 && !task.criterion;
  const shares = isFacing ? counts.map((each) => each.map((count) => count / (sum(each) || 1))) : counts;
  const tops = range(BINS, (bin) => (isFacing ? max(...shares.map((each) => each[bin])) : sum(shares.map((each) => each[bin]))));
  const scale = ((isFacing ? FACING : STACKED) * UP) / (max(...tops) || 1);
  const heights = new Float64Array(BINS);
  return shares.map((each, area) => Array.from(each, (share, bin) => {
    const height = share * scale;
    heights[bin] += height;
    const top = !isFacing ? FLOOR - heights[bin] : area ? FLOOR - UP : FLOOR - height;
    return height ? boxPath([FIRST + (bin / BINS) * ACROSS, top, ACROSS / BINS, height]) : "";
  }).join(""));
}

const sum = (values) => values.reduce((one, other) => one + other, 0);

// What is drawn of a unit, as SVG.
function cell(layer, z, reach, ink) {
  const { z: along, h, slopes, ends } = functionOf(layer, reach);
  const xs = along.map((value) => acrossOf(value, reach));
  const steepest = max(...slopes);
  const flat = xs.filter((_, k) => k && max(slopes[k], slopes[k - 1]) < SATURATED * steepest);
  const step = ACROSS / STEPS_OF_CURVE;
  const label = (text, x, y, anchor) => tag("text", { x, y, "text-anchor": anchor }, text);
  return [
    tag("path", { d: flat.map((x) => boxPath([x - step, FLOOR - UP, step, UP])).join(""), class: "flat" }, ""),
    ...bars(z, reach).map((d, area) => tag("path", { d, fill: ink.points[area], opacity: 0.7 }, "")),
    tag("path", { d: pathOf(xs, slopes.map((value) => upOf(value, ends))), class: "slope" }, ""),
    tag("path", { d: pathOf(xs, h.map((value) => upOf(value, ends))), class: "curve" }, ""),
    tag("path", { d: boxPath([FIRST, FLOOR - UP, ACROSS, UP]), class: "frame" }, ""),
    ...ends.map((end) => label(format(end, 0), FIRST - 6, upOf(end, ends) + 4, "end")),
    ...[-reach, 0, reach].map((end) => label(format(end, end && 1), acrossOf(end, reach), FLOOR + 17, "middle")),
  ].join("");
}

const drawCells = remember((layer, ink, reach) => {
  const cells = received(layer).map((z, unit) => {
    const heading = element("h3", "", `${layer.symbols[unit]} = ${layer.sign}(z${layer.symbols[unit].slice(1)})`);
    const made = element("div", "cell", heading);
    const drawn = cell(layer, z, reach, ink) + tag("circle", { r: 6, class: "ring" }, "");
    made.insertAdjacentHTML("beforeend", tag("svg", { viewBox: `0 0 ${CELL_WIDTH} ${CELL_HEIGHT}`, "aria-hidden": true }, drawn));
    return made;
  });
  const rest = layer.units - cells.length;
  $("cells").replaceChildren(...cells, ...(rest ? [element("p", "", `and ${rest} more`)] : []));
});

// Draw the cells at an epoch, and in each a ring for a pick, if it is in the input space. The key is
// what the bars depend on.
export function drawActivations(pick, ink, ...key) {
  const layer = activeLayer();
  const reach = reachOf(layer);
  drawCells(layer, ink, reach, ...key);
  const x = pick && (pick.place ?? (pick.point >= 0 && points.at(pick.point)));
  if (x) network.forward(x, network.hidden);
  document.querySelectorAll("#cells .ring").forEach((ring, unit) => {
    ring.setAttribute("visibility", x ? "visible" : "hidden");
    if (!x) return;
    ring.setAttribute("cx", acrossOf(layer.z[unit], reach));
    ring.setAttribute("cy", upOf(layer.h[unit], functionOf(layer, reach).ends));
  });
}
