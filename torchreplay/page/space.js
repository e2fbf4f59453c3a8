// A space: the view of it, the pixels of its places, and what is drawn of it.

import { drawDots } from "./dots.js";
import { clamp, hypot, max, min, pairAt, round } from "./geometry.js";
import { levelLabels, lineShapes } from "./labels.js";
import { data, ghost, run, task } from "./record.js";
import { boxPath, discPath, paint } from "./shapes.js";
import { element, shorten } from "./text.js";
import { scaleOf, widthOf } from "./ticks.js";

const [LEFT, TOP, RIGHT, BOTTOM] = [64, 10, 18, 42]; // pixels around the axes
const RIM = 7; // pixels beyond the axes, for points and rings on their rim
const NEAR = 14; // pixels from the pointer to a point that it points at, at most
const CLOSEST = 1e-4; // smallest fraction of the whole space that can be shown
const [THICK, THIN, FINE] = [2.4, 1.2, 0.7]; // pixels, of the lines between classes or at levels, and of the grid
const GHOST_DASH = [9, 5];
const both = (end) => [end(0), end(1)]; // across and up

export class Space {
  // plane: { rect, labels }, what its axes show at first, and their labels. isGhost: whether it shows
  // the ghost of the run.
  constructor(name, figure, plane, isGhost = false) {
    Object.assign(this, { name, figure, plane, isGhost, view: plane.rect, rect: plane.rect });
    this.place(plane);
    this.canvas = figure.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
  }

  // Take the axes of another run. A zoomed view stays.
  place({ rect, labels }) {
    const view = this.isZoomed ? this.view : rect;
    Object.assign(this, { rect, labels, view });
    if (view !== rect) this.look(view);
  }

  get run() {
    return this.isGhost ? ghost : run;
  }

  // Fit the canvas to its place. ratio: its own pixels for each pixel.
  fit(ratio = devicePixelRatio) {
    const side = max(this.canvas.parentElement.clientWidth - LEFT - RIGHT, 1); // 1 where it is hidden
    if (side === this.side && ratio === this.ratio) return;
    const width = LEFT + side + RIGHT;
    Object.assign(this, { width, height: side + TOP + BOTTOM, side, ratio });
    const size = { width: round(width * ratio), height: round(this.height * ratio) };
    Object.assign(this.canvas, size);
    this.dots = Object.assign(element("canvas"), size);
    this.image = new ImageData(size.width, size.height);
  }

  // The size of a pixel, across and up.
  get pixel() {
    return both((k) => (this.view[k + 2] - this.view[k]) / this.side);
  }

  get isHidden() {
    return this.side === 1;
  }

  get isZoomed() {
    return this.view !== this.rect;
  }

  // Where places, in a flat array, are on the canvas.
  toPixels(places) {
    const { side, view: [l, b, r, t] } = this;
    const pixels = new Float64Array(places.length);
    for (let k = 0; k < places.length; k += 2) {
      pixels[k] = LEFT + ((places[k] - l) / (r - l)) * side;
      pixels[k + 1] = TOP + ((t - places[k + 1]) / (t - b)) * side;
    }
    return pixels;
  }

  toPlace([px, py]) {
    const [width, height] = this.pixel;
    return [this.view[0] + (px - LEFT) * width, this.view[3] - (py - TOP) * height];
  }

  // The CSS inset of a rectangle of pixels, or of one, in shares of the canvas: it holds at any size.
  inset([left, top], high) {
    const share = (pixels, whole) => `${(100 * pixels) / whole}%`;
    const [right, bottom] = high ? [share(this.width - high[0], this.width), share(this.height - high[1], this.height)] : ["auto", "auto"];
    return `${share(top, this.height)} ${right} ${bottom} ${share(left, this.width)}`;
  }

  // Whether a pixel lies within the axes, or on their rim.
  holds([px, py]) {
    return min(px - LEFT, py - TOP) > -9 && max(px - LEFT, py - TOP) < this.side + 9;
  }

  // Show a rectangle of the space, or as much of it as there is.
  look(view) {
    const whole = both((k) => this.rect[k + 2] - this.rect[k]);
    const size = both((k) => max(view[k + 2] - view[k], CLOSEST * whole[k]));
    const low = both((k) => clamp(view[k], this.rect[k], this.rect[k + 2] - size[k]));
    const isWhole = size.some((length, k) => length > whole[k] * (1 - 1e-9));
    this.view = isWhole ? this.rect : [...low, low[0] + size[0], low[1] + size[1]];
  }

  // Enlarge by a factor around a pixel, whose place stays there.
  zoom(factor, pixel = [LEFT + this.side / 2, TOP + this.side / 2]) {
    const [place, { view, rect }] = [this.toPlace(pixel), this];
    const most = (view[2] - view[0]) / (rect[2] - rect[0]) / CLOSEST;
    this.look(view.map((end, k) => place[k % 2] + (end - place[k % 2]) / min(factor, most)));
  }

  // Move what is shown by some pixels, right and down.
  move(right, down) {
    const [width, height] = this.pixel;
    if (this.isZoomed) this.look(this.view.map((end, k) => end + (k % 2 ? down * height : -right * width)));
  }

  // The point whose image is nearest to a pixel, and nearer than some, or -1.
  nearest(images, [x, y], most = NEAR) {
    const pixels = this.toPixels(images);
    let [found, least] = [-1, most];
    for (let n = 0; 2 * n < pixels.length; n++) {
      const away = hypot(pixels[2 * n] - x, pixels[2 * n + 1] - y);
      if (away < least) [found, least] = [n, away];
    }
    return found;
  }

  // Draw the scene of an epoch. `seen`: { points, images, pixels, wrong, chosen }.
  // Points that stay in their places are not drawn again.
  draw(scene, seen, ink) {
    const { pen, ratio, dots } = this;
    const shown = [dots, this.view, seen.points, seen.images, seen.chosen, ink.line, ...ink.points];
    if (!shown.every((what, k) => what === this.shown?.[k])) drawDots(dots, this.image, ratio, seen, ink);
    this.shown = shown;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    this.groups(scene, seen, [{ image: dots, ratio }], ink).forEach((group) => paint(pen, group));
  }

  // All that is drawn, as groups of shapes; `dots` are the shapes of the points.
  groups(scene, { pixels, wrong, chosen }, dots, ink) {
    const trace = (curves = []) => curves.map((curve) => this.toPixels(curve.flat()));
    const around = (rim) => [LEFT - rim, TOP - rim, this.side + 2 * rim, this.side + 2 * rim];
    const axes = around(0);
    const rings = wrong.filter((n) => !isNaN(pixels[2 * n]) && (!chosen || chosen[n])).map((n) => `M${pairAt(pixels, n)}${discPath(5.5)}`);
    const lines = trace(scene.boundary);
    const hasLevels = task.criterion && scene.ground.length;
    const levels = scene.others.map((area) => task.levels[area - 1]);
    const numbers = hasLevels ? levelLabels(lines, levels, [LEFT, TOP, this.side], { fill: ink.text, halo: ink.paper }) : [];
    const tint = (area) => ink.regions[this.classes?.[area] ?? area];
    const isAxis = data.is_graph && this.name === "feature";
    const grid = isAxis ? { stroke: ink.line, width: THICK } : { stroke: ink.grid, width: FINE };
    return [
      { box: axes, shapes: [
        { d: boxPath(axes), fill: ink.paper },
        { curves: trace(scene.ground), fill: tint(0) },
        ...scene.regions.map((curves, k) => ({ curves: trace(curves), fill: tint(k + 1) })),
        { curves: trace(scene.grid), ...grid },
      ] },
      { box: around(this.isZoomed ? 0 : RIM), shapes: [
        { d: rings.join(""), stroke: ink.line, width: 1.2 },
        ...dots,
        { curves: trace(scene.ghost), stroke: ink.text, width: 1.6, dash: GHOST_DASH },
        { curves: trace(data.beyond ? scene.beyond : []), stroke: ink.line, width: 1, dash: [6, 4] },
        ...lineShapes((scene.zeros ?? []).map(({ curves, text }) => ({ curves: trace(curves), text })), [LEFT, TOP, this.side], ink),
        { curves: lines, stroke: ink.line, width: hasLevels ? THIN : THICK },
        ...numbers,
      ] },
      { box: [0, 0, this.width, this.height], shapes: this.frame(ink.text) },
    ];
  }

  // The axes with their numbers and names.
  frame(fill) {
    const { side, width, labels: [right, up], view: [l, b, r, t], isBare } = this;
    const base = TOP + side;
    const [across, upward] = [scaleOf(l, r, side, true), scaleOf(b, t, side)];
    const numbers = isBare ? [] : [
      ...across.values.map((x, k) => ({ text: across.texts[k], x: this.toPixels([x, b])[0], y: base + 18 })),
      ...upward.values.map((y, k) => ({ text: upward.texts[k], x: LEFT - 7, y: this.toPixels([l, y])[1] + 4.5, anchor: "end" })),
    ];
    const lines = [
      boxPath([LEFT + 0.5, TOP + 0.5, side - 1, side - 1]),
      ...numbers.map(({ x, y, anchor }) => (anchor ? `M${LEFT} ${y - 4.5}h-4` : `M${x} ${base}v4`)),
    ];
    return [
      { d: lines.join(""), stroke: fill, width: 1 },
      ...numbers.map((number) => ({ ...number, x: min(number.x, width - widthOf(number.text) / 2), fill })),
      { text: shorten(right, 40) + across.note, x: LEFT + side / 2, y: base + 37, size: 14, fill },
      { text: shorten(up, 40) + upward.note, x: 12, y: TOP + side / 2, size: 14, turn: -90, fill },
    ];
  }
}
