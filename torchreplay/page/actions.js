// What can be done: a table of actions. Buttons name theirs, with a value, as do the keys in the help.

import { copyLink } from "./link.js";
import { save } from "./screen.js";
import { go, isWrong, letGo, play, seek, show, spaces, state } from "./state.js";
import { $ } from "./text.js";
import { tourActions } from "./tour.js";

let active = spaces.find(({ name }) => name === document.documentElement.dataset.opens) ?? spaces[0];

const ACTIONS = {
  play: () => play(!state.playing),
  go,
  step: (way, { shiftKey }) => go(state.index + way * (shiftKey ? 10 : 1)),
  point: (way) => seek(way),
  error: (way, { shiftKey }) => seek(shiftKey ? -way : way, isWrong),
  free: letGo,
  zoom: (factor) => active.zoom(factor),
  whole: () => active.look(active.rect),
  right: (pixels) => active.move(-pixels, 0),
  down: (pixels) => active.move(0, -pixels),
  link: copyLink,
  save,
  ...tourActions,
  help: () => ($("help").open ? $("help").close() : $("help").showModal()),
};

function act({ dataset, value }, event) {
  const given = dataset.value ?? value;
  ACTIONS[dataset.do](isNaN(given) ? given : Number(given), event);
  show();
}

export function click(event) {
  const button = event.target.closest("button[data-do]");
  if (button) act(button, event);
  if (event.detail) document.activeElement.blur(); // after a click with the mouse, Space plays
}

export function press(event) {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  const isTyped = target.matches("select") || (key === " " && target.matches("button, [type=checkbox]"));
  if (ctrlKey || metaKey || altKey || isTyped || ($("help").open && key !== "?")) return;
  const name = CSS.escape(key === " " ? "space" : key.toLowerCase());
  const listed = document.querySelector(`kbd[data-keys~="${name}"]`);
  if (!listed) return;
  event.preventDefault();
  act(listed, event);
}

// Keys zoom and move the space that was pointed at or focused last.
export function activate({ target }) {
  active = spaces.find(({ figure }) => figure.contains(target)) ?? active;
}
