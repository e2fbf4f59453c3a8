// A space: which part of it is shown, where its places are on the screen, and what is drawn of it.

import { drawDots } from "./dots.js";
import { boxPath, discPath, paint } from "./shapes.js";
import { shorten } from "./text.js";

const [LEFT, TOP, RIGHT, BOTTOM] = [64, 10, 14, 42]; // pixels around the axes
const BEYOND = 7; // pixels, where whole points and rings stand at the rim
const NEAR = 14; // pixels, within which a point is meant
const CLOSEST = 1e-4; // of the whole space, that can be shown
const both = (f) => [f(0), f(1)]; // across and up

// Round numbers within [low, high], at most so many of them, and how they are written.
function ticks(low, high, most) {
  const least = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= least * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const isLong = Math.max(Math.abs(low), Math.abs(high)) >= 1e5 || step < 1e-6;
  const [first, last] = [Math.ceil(low / step - 1e-6), Math.floor(high / step + 1e-6)];
  return Array.from({ length: last - first + 1 }, (_, k) => {
    const value = (first + k || 0) * step;
    return [value, (isLong ? value.toExponential(2) : value.toFixed(digits)).replace("-", "−")];
  });
}

export class Space {
  // rect: what its axes show at first; labels: of both axes.
  constructor(name, figure, { rect, labels }) {
    Object.assign(this, { name, rect, labels, view: rect, figure });
    this.canvas = figure.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
  }

  // Fit the canvas to its place.
  fit() {
    const [width, ratio] = [this.canvas.parentElement.clientWidth, devicePixelRatio];
    const side = width - LEFT - RIGHT;
    const height = side + TOP + BOTTOM;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    Object.assign(this, { width, height, side, ratio });
    Object.assign(this.canvas, size);
    this.dots = new OffscreenCanvas(size.width, size.height);
  }

  // The size of a pixel, across and up.
  get pixel() {
    return both((k) => (this.view[k + 2] - this.view[k]) / this.side);
  }

  get isZoomed() {
    return this.view !== this.rect;
  }

  toX(x) {
    return LEFT + ((x - this.view[0]) / (this.view[2] - this.view[0])) * this.side;
  }

  toY(y) {
    return TOP + ((this.view[3] - y) / (this.view[3] - this.view[1])) * this.side;
  }

  pixelOf(images, n) {
    return [this.toX(images[2 * n]), this.toY(images[2 * n + 1])];
  }

  // The place of a pixel.
  at([px, py]) {
    const [width, height] = this.pixel;
    return [this.view[0] + (px - LEFT) * width, this.view[3] - (py - TOP) * height];
  }

  // Whether a pixel lies within the axes, or on their rim.
  holds([px, py]) {
    return Math.min(px - LEFT, py - TOP) > -9 && Math.max(px - LEFT, py - TOP) < this.side + 9;
  }

  // Show a rectangle of the space, or as much of it as there is.
  look(view) {
    const whole = both((k) => this.rect[k + 2] - this.rect[k]);
    const size = both((k) => Math.max(view[k + 2] - view[k], CLOSEST * whole[k]));
    const low = both((k) => Math.min(Math.max(view[k], this.rect[k]), this.rect[k + 2] - size[k]));
    const isWhole = size.some((length, k) => length > whole[k] * (1 - 1e-9));
    this.view = isWhole ? this.rect : [...low, low[0] + size[0], low[1] + size[1]];
  }

  // Enlarge by a factor around a pixel, whose place stays where it is.
  zoom(factor, pixel = [LEFT + this.side / 2, TOP + this.side / 2]) {
    const place = this.at(pixel);
    this.look(this.view.map((end, k) => place[k % 2] + (end - place[k % 2]) / factor));
  }

  // Move what is shown by some pixels, right and down.
  move(across, down) {
    const [width, height] = this.pixel;
    if (this.isZoomed) this.look(this.view.map((end, k) => end + (k % 2 ? down * height : -across * width)));
  }

  // The point whose image is nearest to a pixel, or -1.
  nearest(images, [px, py]) {
    let [found, least] = [-1, NEAR];
    for (let n = 0; n < images.length / 2; n++) {
      const [x, y] = this.pixelOf(images, n);
      const away = Math.hypot(x - px, y - py);
      if (away < least) [found, least] = [n, away];
    }
    return found;
  }

  // Draw the scene of an epoch. `points`: { images, order, label, wrong, chosen }.
  draw(scene, points, ink) {
    drawDots(this.dots, this.ratio, points, (n) => this.pixelOf(points.images, n), ink);
    this.pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.pen.clearRect(0, 0, this.width, this.height);
    paint(this.pen, this.groups(scene, points, [{ image: this.dots, ratio: this.ratio }], ink));
  }

  // All that is drawn, as groups of shapes; `dots` are the shapes of the points.
  groups(scene, { images, wrong, chosen }, dots, ink) {
    const beyond = this.isZoomed ? 0 : BEYOND;
    const grown = this.side + 2 * beyond;
    const axes = [LEFT, TOP, this.side, this.side];
    const ringed = wrong.filter((n) => !chosen || chosen[n]);
    const rings = ringed.map((n) => `M${this.pixelOf(images, n).join(" ")}${discPath(5.5)}`);
    const behind = [
      { d: boxPath(axes), fill: ink.paper },
      { d: this.trace(scene.ground), fill: ink.regions[0] },
      { d: this.trace(scene.region), fill: ink.regions[1] },
      { d: this.trace(scene.grid), stroke: ink.grid, width: 0.7 },
    ];
    const above = [
      { d: rings.join(""), stroke: ink.line, width: 1.2 },
      ...dots,
      { d: this.trace(scene.boundary), stroke: ink.line, width: 2.4 },
    ];
    return [
      { box: axes, shapes: behind },
      { box: [LEFT - beyond, TOP - beyond, grown, grown], shapes: above },
      { box: [0, 0, this.width, this.height], shapes: this.frame(ink.text) },
    ];
  }

  trace(curves) {
    const [[l, , , t], [width, height]] = [this.view, this.pixel];
    let d = "";
    for (const curve of curves) {
      for (let k = 0; k < curve.length; k += 2) {
        d += `${k ? "L" : "M"}${LEFT + (curve[k] - l) / width} ${TOP + (t - curve[k + 1]) / height}`;
      }
    }
    return d;
  }

  // The axes with their numbers and labels.
  frame(fill) {
    const { side, labels: [right, up], view: [l, b, r, t] } = this;
    const [center, base, most] = [LEFT + side / 2, TOP + side, side < 330 ? 5 : 10];
    const across = ticks(l, r, Math.max(Math.abs(l), Math.abs(r)) < 1000 ? most : 4);
    const upward = ticks(b, t, most);
    const lines = [
      boxPath([LEFT + 0.5, TOP + 0.5, side - 1, side - 1]),
      ...across.map(([x]) => `M${this.toX(x)} ${base}v4`),
      ...upward.map(([y]) => `M${LEFT} ${this.toY(y)}h-4`),
    ];
    return [
      { d: lines.join(""), stroke: fill, width: 1 },
      ...across.map(([x, text]) => ({ text, x: Math.min(this.toX(x), LEFT + side - 4), y: base + 18, fill })),
      ...upward.map(([y, text]) => ({ text, x: LEFT - 7, y: this.toY(y) + 4.5, align: "right", fill })),
      { text: shorten(right), x: center, y: base + 37, size: 14, fill },
      { text: shorten(up), x: 14, y: TOP + side / 2, size: 14, turn: -90, fill },
    ];
  }
}
