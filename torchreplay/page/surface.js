// The loss over a plane of parameters, and the path of the training through it.

import { floor, min } from "./geometry.js";
import { levelLabels } from "./labels.js";
import { partition } from "./partition.js";
import { data, outcome } from "./record.js";
import { remember } from "./remember.js";
import { boxPath, discPath, paint } from "./shapes.js";
import { Space } from "./space.js";
import { makeTask } from "./task.js";
import { $, decode, format, range } from "./text.js";

const MOST = 65535; // of 16 bits
const DARKEST = 0.45; // how much the color of text covers the ground of the largest losses
const shares = (text) => Float64Array.from(decode(text, Uint16Array), (value) => value / MOST);
const both = (end) => [end(0), end(1)]; // across and up

export const hasSurface = () => Boolean(data.surface);

class Surface {
  constructor(plane) {
    const [l, b, r, t] = plane.rect;
    const path = shares(plane.path);
    Object.assign(this, { plane, logs: shares(plane.losses), space: new Space("surface", $("surface"), plane) });
    this.path = range(path.length / 2, (k) => [l + path[2 * k] * (r - l), b + path[2 * k + 1] * (t - b)]);
    this.scene = plane.levels.length ? this.divide() : { regions: [], boundary: [], others: [] };
    $("of-surface").textContent = plane.words;
  }

  // The areas between levels, and the lines at them.
  divide() {
    const { scores } = makeTask({ outputs: 1, levels: this.plane.levels.map(Math.log), criterion: "mse" });
    return partition((place) => scores([this.logAt(place)]), this.plane.rect);
  }

  // The logarithm of the loss at a place, straight between the nearest ones that are known.
  logAt(place) {
    const { logs, plane: { rect, side, least, most } } = this;
    const steps = both((k) => ((place[k] - rect[k]) / (rect[k + 2] - rect[k])) * (side - 1));
    const [i, j] = steps.map((step) => min(floor(step), side - 2));
    const at = (k) => logs[k] + (steps[0] - i) * (logs[k + 1] - logs[k]);
    const [low, high] = [at(j * side + i), at((j + 1) * side + i)];
    return least + (low + (steps[1] - j) * (high - low)) * (most - least);
  }

  draw(index, ink, ratio) {
    const { space, path } = this;
    space.fit(ratio);
    space.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    space.pen.clearRect(0, 0, space.width, space.height);
    for (const group of this.groups(index, ink)) paint(space.pen, group);
    $("on-surface").textContent = `${outcome(index)}. The loss of the plane at this place is ${format(Math.exp(this.logAt(path[index])))}.`;
  }

  groups(index, ink) {
    const { space, plane: { rect, levels }, scene: { regions, boundary, others } } = this;
    const trace = (curves) => curves.map((curve) => space.toPixels(curve.flat()));
    const axes = [...space.toPixels([rect[0], rect[3]]), space.side, space.side];
    const shade = (k) => ink.text + Math.round((255 * DARKEST * k) / regions.length).toString(16).padStart(2, "0");
    const lines = trace(boundary);
    const [[before], [after]] = [trace([this.path.slice(0, index + 1)]), trace([this.path.slice(index)])];
    const numbers = levelLabels(lines, others.map((area) => levels[area - 1]), axes.slice(0, 3), { fill: ink.text, halo: ink.paper });
    return [
      { box: axes, shapes: [
        { d: boxPath(axes), fill: ink.paper },
        ...regions.slice(1).map((curves, k) => ({ curves: trace(curves), fill: shade(k + 1) })),
        { curves: lines, stroke: ink.grid, width: 0.7 },
        { curves: [after], stroke: ink.text, width: 1.5, dash: [2, 3] },
        { curves: [before], stroke: ink.paper, width: 6 },
        { curves: [before], stroke: ink.accent, width: 3 },
        ...numbers,
        { d: `M${after.slice(0, 2)}${discPath(6)}`, fill: ink.accent, stroke: ink.paper, width: 2 },
      ] },
      { box: [0, 0, space.width, space.height], shapes: space.frame(ink.text) },
    ];
  }
}

const surfaceOf = remember((plane) => new Surface(plane));

export function drawSurface(index, ink, ratio) {
  surfaceOf(data.surface).draw(index, ink, ratio);
}
