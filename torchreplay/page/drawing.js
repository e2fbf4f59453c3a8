// Lines that one draws over a space, with a pointer or with keys: a guess of where a line will be.

import { clamp, distance } from "./geometry.js";
import { say, show } from "./state.js";
import { element, format } from "./text.js";

const APART = 3; // pixels between two places of a line that is drawn with a pointer, at least
const [NUDGE, STRIDE] = [5, 30]; // pixels that an arrow key moves the pen, and with Shift
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HELP = "Arrow keys move the pen, Enter sets a corner, Backspace takes it back.";

export class Drawing {
  lines = []; // of places in the space
  corners = null; // the line that grows by keys

  constructor(space) {
    this.space = space;
    this.sheet = element("div", "drawing");
    this.sheet.innerHTML = "<svg><path/><path/></svg>";
    Object.assign(this.sheet, { tabIndex: 0, role: "application", ariaLabel: `Your drawing in the ${space.name} space. ${HELP}` });
    this.pen = space.toPlace([space.width / 2, space.height / 2]);
    for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel", "keydown"]) {
      this.sheet.addEventListener(type, (event) => this[type](event));
    }
    space.canvas.parentElement.append(this.sheet);
  }

  // Begin to draw with keys.
  focus() {
    this.sheet.focus();
    say(HELP);
  }

  // It stays in sight, but cannot be changed any more.
  end() {
    this.sheet.inert = true;
  }

  remove() {
    this.sheet.remove();
  }

  clear() {
    [this.lines, this.corners] = [[], null];
    show();
  }

  // Where an event is, within the axes.
  placeOf({ offsetX, offsetY }) {
    return this.within(this.space.toPlace([offsetX, offsetY]));
  }

  within([x, y]) {
    const [l, b, r, t] = this.space.view;
    return [clamp(x, l, r), clamp(y, b, t)];
  }

  pointerdown(event) {
    event.stopPropagation();
    if (!event.isPrimary || event.button) return;
    this.sheet.setPointerCapture(event.pointerId);
    this.corners = null;
    this.line = [this.placeOf(event)];
    this.lines.push(this.line);
  }

  pointermove(event) {
    event.stopPropagation();
    if (!this.line || !event.isPrimary) return;
    const place = this.placeOf(event);
    const [from, to] = [this.line.at(-1), place].map((end) => this.space.toPixels(end));
    if (distance(from, to) >= APART) this.line.push(place);
    show();
  }

  pointerup(event) {
    event.stopPropagation();
    if (event.isPrimary) this.line = null;
  }

  pointercancel(event) {
    this.pointerup(event);
  }

  keydown(event) {
    const { key, shiftKey } = event;
    if (WAYS[key]) this.move(WAYS[key], shiftKey ? STRIDE : NUDGE);
    else if (key === "Enter") this.set();
    else if (key === "Backspace") this.takeBack();
    else return;
    event.preventDefault();
    event.stopPropagation();
    show();
  }

  move(way, pixels) {
    const [x, y] = this.space.toPixels(this.pen);
    this.pen = this.within(this.space.toPlace([x + way[0] * pixels, y + way[1] * pixels]));
  }

  // Set a corner where the pen is.
  set() {
    if (!this.corners) this.lines.push((this.corners = []));
    this.corners.push(this.pen);
    const [x, y] = this.pen.map((value) => format(value, 2));
    say(`Corner ${this.corners.length} at ${x}, ${y}`, false);
  }

  // Take back the last corner, or the whole line that was drawn with a pointer.
  takeBack() {
    if (this.corners?.length > 1) return this.corners.pop();
    this.lines.pop();
    this.corners = null;
  }

  // Draw it where the space is shown now.
  draw() {
    const pixels = (place) => Array.from(this.space.toPixels(place), (value) => value.toFixed(1));
    const lines = this.lines.map((line) => `M${line.map(pixels).join("L")}`);
    const [x, y] = pixels(this.pen);
    const [guess, pen] = this.sheet.querySelectorAll("path");
    guess.setAttribute("d", lines.join(""));
    pen.setAttribute("d", `M${x - 8} ${y}h16M${x} ${y - 8}v16`);
  }
}
