// The loss over a plane of parameters, and the path of the training through it.

import { floor, min } from "./geometry.js";
import { levelLabels } from "./labels.js";
import { partition } from "./partition.js";
import { data, last, outcome } from "./record.js";
import { remember } from "./remember.js";
import { boxPath, discPath, paint } from "./shapes.js";
import { Space } from "./space.js";
import { makeTask } from "./task.js";
import { $, decode, format, range } from "./text.js";

const MOST_SHARE = 65535; // of 16 bits
const DARKEST = 0.45; // how much the color of text covers the ground of the largest losses

const plane = data.surface;
const planeSpace = plane && new Space("surface", $("surface"), plane);
const sharesOf = (text) => Float64Array.from(decode(text, Uint16Array), (value) => value / MOST_SHARE);
const [logs, path] = plane ? [sharesOf(plane.losses), sharesOf(plane.path)] : [];

// The logarithm of the loss at a place, straight between the nearest ones.
function logAt([x, y]) {
  const { rect: [l, b, r, t], side, least, most } = plane;
  const [across, up] = [((x - l) / (r - l)) * (side - 1), ((y - b) / (t - b)) * (side - 1)];
  const [i, j] = [min(floor(across), side - 2), min(floor(up), side - 2)];
  const at = (row) => logs[row * side + i] + (across - i) * (logs[row * side + i + 1] - logs[row * side + i]);
  return least + (at(j) + (up - j) * (at(j + 1) - at(j))) * (most - least);
}

// The areas between levels, and the lines at them; they are the same at all epochs.
const sceneOfPlane = remember(() => {
  if (!plane.levels.length) return { regions: [], boundary: [], others: [] };
  const { scores } = makeTask({ outputs: 1, levels: plane.levels.map(Math.log), criterion: "mse" });
  return partition((place) => scores([logAt(place)]), plane.rect);
});

const placeAt = (index) => [0, 1].map((k) => plane.rect[k] + path[2 * index + k] * (plane.rect[k + 2] - plane.rect[k]));

export function drawSurface(index, ink, ratio) {
  planeSpace.fit(ratio);
  const { pen, width, height } = planeSpace;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  for (const group of groupsOfPlane(index, ink)) paint(pen, group);
  const there = format(Math.exp(logAt(placeAt(index))));
  $("on-surface").textContent = `${outcome(index)}. The loss of the plane at this place is ${there}.`;
}

function groupsOfPlane(index, ink) {
  const { regions, boundary, others } = sceneOfPlane();
  const trace = (found) => found.map((curve) => planeSpace.toPixels(curve.flat()));
  const [left, top] = planeSpace.toPixels([plane.rect[0], plane.rect[3]]);
  const axes = [left, top, planeSpace.side, planeSpace.side];
  const places = planeSpace.toPixels(range(last + 1, placeAt).flat());
  const lines = trace(boundary);
  const levels = others.map((area) => plane.levels[area - 1]);
  const shade = (k) => ink.text + Math.round((255 * DARKEST * k) / regions.length).toString(16).padStart(2, "0");
  const [so, far] = [places.slice(0, 2 * index + 2), places.slice(2 * index)];
  return [
    { box: axes, shapes: [
      { d: boxPath(axes), fill: ink.paper },
      ...regions.map((found, k) => ({ curves: trace(found), fill: k ? shade(k) : "none" })),
      { curves: lines, stroke: ink.grid, width: 0.7 },
      { curves: [far], stroke: ink.text, width: 1.5, dash: [2, 3] },
      { curves: [so], stroke: ink.paper, width: 6 },
      { curves: [so], stroke: ink.accent, width: 3 },
      ...levelLabels(lines, levels, axes.slice(0, 3), { fill: ink.text, halo: ink.paper }),
      { d: `M${far.slice(0, 2)}${discPath(6)}`, fill: ink.accent, stroke: ink.paper, width: 2 },
    ] },
    { box: [0, 0, planeSpace.width, planeSpace.height], shapes: planeSpace.frame(ink.text) },
  ];
}
