// What can be done: a table of actions. Buttons name theirs, with a value, as do the keys in the help.

import { toggleFork } from "./controls.js";
import { copyLink } from "./link.js";
import { describe } from "./picks.js";
import { save } from "./screen.js";
import { go, isWrong, letGo, play, say, seek, show, spaces, state } from "./state.js";
import { openPanel } from "./tabs.js";
import { $ } from "./text.js";
import { tourActions } from "./tour.js";

const LETTERS = "torchreplay-letters"; // the name of what is stored: whether single characters are keys
let active = spaces.find(({ name }) => name === document.documentElement.dataset.opens) ?? spaces[0];

const steered = () => spaces.find(({ name }) => name === document.documentElement.dataset.only) ?? active;

const ACTIONS = {
  play: () => play(!state.playing),
  go,
  step: (way, { shiftKey }) => go(state.index + way * (shiftKey ? 10 : 1)),
  point: (way) => announce(seek(way)),
  error: (way, { shiftKey }) => announce(seek(shiftKey ? -way : way, isWrong)),
  free: letGo,
  fork: toggleFork,
  zoom: (factor) => steered().zoom(factor),
  whole: () => steered().look(steered().rect),
  right: (pixels) => steered().move(-pixels, 0),
  down: (pixels) => steered().move(0, -pixels),
  panel: openPanel,
  link: copyLink,
  save,
  ...tourActions,
  help: () => ($("help").open ? $("help").close() : $("help").showModal()),
};

// Screen readers say which point is pinned.
const announce = (isFound) => isFound && say(describe(state.pinned), false);

// Storage may be forbidden, as in some frames.
function stored(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

$("letters").checked = stored((storage) => storage.getItem(LETTERS)) !== "off";
$("letters").addEventListener("change", ({ target }) => stored((storage) => storage.setItem(LETTERS, target.checked ? "on" : "off")));

function act({ dataset, value }, event) {
  const given = dataset.value ?? value;
  ACTIONS[dataset.do](isNaN(given) ? given : Number(given), event);
  show();
}

export function click(event) {
  const button = event.target.closest("button[data-do]");
  if (button) act(button, event);
  if (event.detail && !document.activeElement.matches("[type=number]")) document.activeElement.blur(); // after a click with the mouse, Space plays
}

export function press(event) {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  const isMoved = target.matches("#bend") && /^(Arrow|Page|Home|End)/.test(key);
  const isTyped = isMoved || target.matches("select, [type=number]") || (key === " " && target.matches("button, [type=checkbox]"));
  const isLetter = key.length === 1 && key !== " ";
  if (ctrlKey || metaKey || altKey || isTyped || (isLetter && !$("letters").checked) || ($("help").open && key !== "?")) return;
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
