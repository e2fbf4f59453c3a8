// What is shown: the run and its ghost, the epoch, what is pointed at, pinned and selected, and the view
// of each space.

import { clamp, floor, max, round } from "./geometry.js";
import { choose, data, epochs, ghost, last, nearest, outcome, planes, points, run, task } from "./record.js";
import { outputsOf, sourceOf, turn } from "./source.js";
import { Space } from "./space.js";
import { $ } from "./text.js";

const [PAUSE, SEEN] = [400, 4000]; // milliseconds until an epoch that stays is announced; and that words are shown

// follows: whether the last epoch stays the one that is shown while a fork trains on. The stop of the tour
// is counted from 1 on; 0 is none. A pick is { point } of the data, { place } of the input space, or
// { spot } of the feature space.
export const state = { index: last, bend: 1, axes: null, pinned: null, hover: null, chosen: null, brush: null, playing: false, follows: false, beside: "", stop: 0, panel: "network" };
// Those of the run, and those of its ghost, which have copies of their figures. Some are seen.
const figures = [...$("spaces").children];
const own = Object.entries(planes).map(([name, plane]) => new Space(name, $(name), plane));
const others = own.map(({ name, figure, plane }) => new Space(name, figure.cloneNode(true), plane, true));
export const allSpaces = [...own, ...others];
export let spaces = own;
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
  Object.assign(state, { playing: false, follows: index > last });
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

// Evaluate the epoch that is to be shown, and its bend, unless they were the last ones evaluated.
export function settle() {
  turn(state.index, state.bend, state.axes);
  for (const space of allSpaces) if (space.name === "feature" && space.run) take(space, sourceOf(space.run).shown);
}

// Take other axes; what is zoomed stays where it is on them.
function take(space, { rect, labels, isBare, classes }) {
  const { rect: from, view } = space;
  const share = (end, k) => (end - from[k % 2]) / (from[(k % 2) + 2] - from[k % 2]);
  Object.assign(space, { rect, labels, isBare, classes });
  if (view === from) space.view = rect;
  else if (rect !== from) space.view = view.map((end, k) => rect[k % 2] + share(end, k) * (rect[(k % 2) + 2] - rect[k % 2]));
}

// Of spaces beside each other, the one that has not been zoomed follows the other.
export function align() {
  const [one, other] = spaces;
  if (!state.beside || `${one.rect}` !== `${other.rect}`) return;
  const [leader, follower] = other.view === align.views?.[1] ? [one, other] : [other, one];
  if (`${leader.view}` !== `${follower.view}`) follower.look(leader.view);
  align.views = [one.view, other.view];
}

// Show a run at the same epoch, and another as its ghost.
export function change(chosen, other) {
  const epoch = epochs[state.index];
  if (chosen.points !== points) Object.assign(state, { pinned: null, hover: null, chosen: null });
  choose(chosen, other);
  Object.assign(state, { index: nearest(run, epoch), follows: false });
  for (const space of allSpaces) space.place((space.isGhost && ghost ? ghost : run).planes[space.name]);
  arrange(ghost ? state.beside : "");
}

// Show both spaces of the run, or one space of the run and of its ghost beside each other.
export function arrange(beside) {
  state.beside = beside;
  spaces = beside ? allSpaces.filter(({ name }) => name === beside) : own;
  const seen = beside ? spaces.map(({ figure }) => figure) : figures;
  if (seen.some((figure, k) => figure !== $("spaces").children[k])) $("spaces").replaceChildren(...seen);
  for (const space of spaces) space.fit();
  show();
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

// Whether the last epoch is shown, and no more will come: a fork trains on.
const isOver = () => state.index === last && !(run.more && (!run.isDone || run.more()));

// If the system prefers reduced motion, about twenty epochs are shown, one a second.
export function play(isPlaying) {
  Object.assign(state, { playing: isPlaying, follows: false });
  move(isPlaying && isOver() ? 0 : state.index);
  const length = run.horizon ? run.horizon - epochs[0] : last;
  const [rate, stride] = calm.matches ? [1, max(1, round(length / 20))] : [data.fps, 1];
  let [before, owed] = [performance.now(), 0];
  const frame = (now) => {
    if (!state.playing) return;
    owed += ((now - before) / 1000) * rate * $("speed").value;
    before = now;
    if (owed >= 1) move(state.index + floor(owed) * stride);
    owed %= 1;
    if (isOver()) play(false);
    else requestAnimationFrame(frame);
  };
  if (isPlaying) requestAnimationFrame(frame);
}
