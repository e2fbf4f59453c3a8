// Pointing, clicking, dragging, pinching and turning the wheel over a space. The wheel alone, and a
// finger that does not rest, scroll the page.

import { between, clamp, distance, max, min, pairs } from "./geometry.js";
import { data, network } from "./record.js";
import { imagesIn, source } from "./source.js";
import { pin, say, show, state } from "./state.js";

const FAR = 6; // pixels that make a press a drag
const HOLD = 500; // milliseconds that a finger rests until it selects
const TURN = 30; // pixels of a turn of the wheel, at most
let isHinted = false;

export function listen(space) {
  const fingers = new Map(); // the pixels of the pointers that are pressed, by their ids
  let start = null; // the pixel where a press began
  let isDragged = false;
  let isTouched = false; // by a finger or a pen
  let isSelecting = false;
  let chosen = null; // what was selected before a press
  let before = null; // what was pinned before a click, which may become a double click
  let timer = 0;
  const on = (type, act) =>
    space.canvas.addEventListener(type, (event) => (act(event, [event.offsetX, event.offsetY]), show()));

  on("pointerdown", (event, here) => {
    space.canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, here);
    [start, isDragged, chosen, isTouched] = [here, false, state.chosen, event.pointerType !== "mouse"];
    isSelecting = !isTouched;
    clearTimeout(timer);
    if (isTouched && fingers.size === 1) timer = setTimeout(rest, HOLD);
  });
  on("pointermove", (event, here) => {
    const was = fingers.get(event.pointerId);
    if (!was) return void (state.hover = pick(here));
    fingers.set(event.pointerId, here);
    isDragged ||= fingers.size > 1 || distance(here, start) > FAR;
    if (isDragged) clearTimeout(timer);
    if (fingers.size > 1) pinch(was, here);
    else if (isDragged && event.shiftKey) space.move(here[0] - was[0], here[1] - was[1]);
    else if (isDragged && isSelecting) brush(here);
  });
  for (const type of ["pointerup", "pointercancel"]) {
    on(type, (event) => {
      clearTimeout(timer);
      fingers.delete(event.pointerId);
      if (type === "pointercancel") state.chosen = chosen; // the browser scrolls
      state.brush = null;
    });
  }
  on("touchmove", (event) => (isSelecting || fingers.size > 1) && event.preventDefault());
  on("contextmenu", (event) => isTouched && event.preventDefault());
  on("pointerleave", () => (state.hover = null));
  on("click", (event, here) => {
    const found = pick(here);
    if (isDragged || event.detail > 1 || !found) return;
    before = state.pinned;
    if (found.spot) state.hover = found;
    else pin(found);
  });
  on("dblclick", () => {
    space.look(space.rect);
    pin(before);
  });
  on("wheel", (event, here) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      space.zoom(Math.exp(-clamp(event.deltaY, -TURN, TURN) / 100), here);
    } else if (!isHinted) {
      isHinted = true;
      say(data.words.wheel);
    }
  });

  // A finger rests: it selects from now on.
  function rest() {
    isSelecting = true;
    state.brush = { space, low: start, high: start };
    show();
  }

  // The pick at a pixel: a point that is near, or else the place itself.
  function pick(pixel) {
    const point = space.nearest(imagesIn(space), pixel);
    if (point >= 0) return { point };
    if (!network || !space.holds(pixel)) return null;
    return source.pick(space.name, space.toPlace(pixel), space.pixel, space.nearest(imagesIn(space), pixel, Infinity));
  }

  // Two fingers: their distance zooms, their middle moves.
  function pinch(was, here) {
    const other = [...fingers.values()].find((pixel) => pixel !== here);
    space.move((here[0] - was[0]) / 2, (here[1] - was[1]) / 2);
    space.zoom(distance(here, other) / max(distance(was, other), 1), between(here, other, 0.5));
  }

  // Select the points of the rectangle from where the press began.
  function brush(here) {
    const [low, high] = [min, max].map((end) => start.map((value, k) => end(value, here[k])));
    const isInside = (pixel) => pixel.every((value, k) => low[k] <= value && value <= high[k]);
    const chosen = pairs(space.toPixels(imagesIn(space))).map(isInside);
    Object.assign(state, { brush: { space, low, high }, hover: null, chosen: chosen.includes(true) ? chosen : null });
  }
}
