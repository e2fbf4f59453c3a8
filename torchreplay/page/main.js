// The page: it listens, and shows what the link or the end of the training says.

import { activate, click, press } from "./actions.js";
import { lookAt } from "./diagram.js";
import { hasAddress, readFragment } from "./link.js";
import { serve } from "./messages.js";
import { listen } from "./pointers.js";
import { data, nearest, network, points, run } from "./record.js";
import { night, reserve } from "./screen.js";
import { source } from "./source.js";
import { allSpaces, go, isWrong, pin, show, spaces, state } from "./state.js";
import { $ } from "./text.js";
import { zeroLines } from "./units.js";

const PAPER_RATIO = 3; // pixels of a canvas for each pixel, on paper
const listeners = { click, keydown: press, change: show, pointerover: activate, focusin: activate };

for (const type in listeners) document.addEventListener(type, listeners[type]);
for (const type of ["pointermove", "focusin"]) $("layers").addEventListener(type, (event) => lookAt(event) && show());
for (const type of ["input", "pointerdown"]) $("slider").addEventListener(type, ({ target }) => go(nearest(run, Number(target.value))));
document.querySelector("[data-do=link]").hidden = !hasAddress;
night.addEventListener("change", show);
addEventListener("hashchange", () => (readFragment(), fit()));
allSpaces.forEach(listen);
reserve();
readFragment();
fit();
serve();
new ResizeObserver(() => fit()).observe(document.body);
for (const type of ["beforeprint", "afterprint"]) addEventListener(type, () => print(type === "beforeprint"));
window.page = { // for the curious, and for tests
  state, isWrong, go, pin, zeroLines,
  get data() { return data; },
  get source() { return source; },
  get spaces() { return spaces; },
  get network() { return network; },
  get points() { return points; },
  get run() { return run; },
};

function fit(ratio) {
  $("readout").style.minHeight = "";
  spaces.forEach((space) => space.fit(ratio));
  show.draw();
}

// Paper is white, and finer than a screen.
function print(isPaper) {
  document.documentElement.toggleAttribute("data-paper", isPaper);
  fit(isPaper ? PAPER_RATIO : devicePixelRatio);
}
