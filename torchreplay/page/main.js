// The page: it listens, and shows what the link or the end of the training says.

import { activate, click, press } from "./actions.js";
import { readFragment } from "./link.js";
import { listen } from "./pointers.js";
import { data, nearest, network, points, run } from "./record.js";
import { night } from "./screen.js";
import { source } from "./source.js";
import { allSpaces, go, isWrong, pin, show, spaces, state } from "./state.js";
import { $ } from "./text.js";

const listeners = { click, keydown: press, change: show, pointerover: activate, focusin: activate };

for (const type in listeners) document.addEventListener(type, listeners[type]);
$("slider").addEventListener("input", ({ target }) => go(nearest(run, Number(target.value))));
document.querySelector("[data-do=link]").hidden = location.protocol === "about:";
night.addEventListener("change", show);
addEventListener("hashchange", () => (readFragment(), show()));
allSpaces.forEach(listen);
readFragment();
fit();
new ResizeObserver(fit).observe(document.body);
window.page = { // for the curious, and for tests
  state, isWrong, go, pin,
  get data() { return data; },
  get source() { return source; },
  get spaces() { return spaces; },
  get network() { return network; },
  get points() { return points; },
};

function fit() {
  spaces.forEach((space) => space.fit());
  show.draw();
}
