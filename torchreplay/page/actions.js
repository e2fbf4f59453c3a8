// What can be done: a table of actions. Buttons and the keys in the help name theirs in `data-do`.

import { copyLink } from "./link.js";
import { epochs, last } from "./record.js";
import { save } from "./screen.js";
import { go, isWrong, letGo, play, seek, show, spaces, state } from "./state.js";
import { $ } from "./text.js";

const CLOSER = 1.5;
const STEP = 40; // pixels, by which keys move a space
let active = spaces.find(({ name }) => name === document.documentElement.dataset.opens) ?? spaces[0];

const step = (way) => ({ shiftKey }) => go(state.index + way * (shiftKey ? 10 : 1));
const zoom = (factor) => () => (active.zoom(factor), show());
const move = (across, down) => () => (active.move(across, down), show());

const ACTIONS = {
  play: () => play(!state.playing),
  first: () => go(0),
  back: step(-1),
  on: step(1),
  end: () => go(last),
  jump: ({ target }) => go(epochs.indexOf(Number(target.value))),
  next: () => seek(1),
  previous: () => seek(-1),
  error: ({ shiftKey }) => seek(shiftKey ? -1 : 1, isWrong),
  earlier: () => seek(-1, isWrong),
  free: letGo,
  closer: zoom(CLOSER),
  farther: zoom(1 / CLOSER),
  whole: () => (active.look(active.rect), show()),
  up: move(0, STEP),
  down: move(0, -STEP),
  left: move(STEP, 0),
  right: move(-STEP, 0),
  link: copyLink,
  svg: () => save("svg"),
  png: () => save("png"),
  help: () => $("help").showModal(),
};

export function click({ target, shiftKey }) {
  const button = target.closest("[data-do]");
  if (button) ACTIONS[button.dataset.do]({ target: button, shiftKey });
}

export function press(event) {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  const isTyped = target.matches("select") || (key === " " && target.matches("button, [type=checkbox]"));
  if (ctrlKey || metaKey || altKey || isTyped || $("help").open) return;
  const listed = document.querySelector(`kbd[data-keys~="${CSS.escape(key === " " ? "space" : key.toLowerCase())}"]`);
  if (!listed) return;
  event.preventDefault();
  ACTIONS[listed.dataset.action](event);
}

// Keys zoom and move the space that was pointed at or focused last.
export function activate({ target }) {
  active = spaces.find(({ figure }) => figure.contains(target)) ?? active;
}
