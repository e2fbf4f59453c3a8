// What is shown: the epoch, what is pointed at, pinned and selected, and the view of each space.

import { clamp, floor, max, round } from "./geometry.js";
import { data, last, outcome, planes, points, task } from "./record.js";
import { outputsOf, source } from "./source.js";
import { Space } from "./space.js";
import { $ } from "./text.js";

const [PAUSE, SEEN] = [400, 4000]; // milliseconds until an epoch that stays is announced; and that words are shown

// A pick is { point } of the data, { place } of the input space, or { spot } of the feature space.
export const state = { index: last, pinned: null, hover: null, chosen: null, brush: null, playing: false, panel: "network" };
export const spaces = Object.entries(planes).map(([name, plane]) => new Space(name, $(name), plane));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let timer = 0;
let due = null;

// Draw in the next frame.
export function show() {
  due ??= requestAnimationFrame(() => {
    due = null;
    show.draw();
  });
}

// Go to an epoch, and stay there.
export function go(index) {
  state.playing = false;
  move(index);
}

function move(index) {
  state.index = clamp(index, 0, last);
  say("", false);
  timer = setTimeout(() => state.playing || say(outcome(state.index), false), PAUSE);
  show();
}

// Show a message for some seconds. If the screen shows it anyway, it is for screen readers only.
export function say(text, isSeen = true) {
  clearTimeout(timer);
  $("message").textContent = text;
  $("message").classList.toggle("seen", isSeen);
  if (isSeen) timer = setTimeout(() => say("", false), SEEN);
}

// Evaluate the epoch that is to be shown, unless it was the last one evaluated.
export function settle() {
  if (settle.index !== state.index) source.restore((settle.index = state.index));
}

export const isWrong = (n) => task.isWrong(outputsOf(n), points.label[n]);

export function pin(pick) {
  Object.assign(state, { pinned: pick, hover: null });
  if (pick) $("mean").checked = false;
  show();
}

// Pin the next or the previous point among those for which `fits` is true: whether there is one.
export function seek(way, fits = () => true) {
  settle(); // the frame of this epoch may not be drawn yet
  const start = state.pinned?.point ?? (way > 0 ? -1 : 0);
  for (let k = 1; k <= points.count; k++) {
    const n = (start + way * k + 2 * points.count) % points.count;
    if (!fits(n)) continue;
    pin({ point: n });
    return true;
  }
  return say(data.words.right);
}

// Let go of what is pinned, or else of what is selected.
export function letGo() {
  if (!state.pinned && !$("mean").checked) state.chosen = null;
  $("mean").checked = false;
  pin(null);
}

// If the system prefers reduced motion, about twenty epochs are shown, one a second.
export function play(isPlaying) {
  state.playing = isPlaying;
  move(isPlaying && state.index === last ? 0 : state.index);
  const [rate, stride] = calm.matches ? [1, max(1, round(last / 20))] : [data.fps, 1];
  let [before, owed] = [performance.now(), 0];
  const frame = (now) => {
    if (!state.playing) return;
    owed += ((now - before) / 1000) * rate * $("speed").value;
    before = now;
    if (owed >= 1) move(state.index + floor(owed) * stride);
    owed %= 1;
    if (state.index === last) play(false);
    else requestAnimationFrame(frame);
  };
  if (isPlaying) requestAnimationFrame(frame);
}
