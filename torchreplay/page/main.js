// The page: it listens, and shows what the link or the end of the training says.

import { activate, click, press } from "./actions.js";
import { readFragment } from "./link.js";
import { listen } from "./pointers.js";
import { data, network, points } from "./record.js";
import { night } from "./screen.js";
import { source } from "./source.js";
import { go, isWrong, pin, show, spaces, state } from "./state.js";
import { $ } from "./text.js";
import { drawCurves } from "./timeline.js";

const listeners = { click, keydown: press, change: show, pointerover: activate, focusin: activate };

for (const type in listeners) document.addEventListener(type, listeners[type]);
$("slider").addEventListener("input", ({ target }) => go(Number(target.value)));
document.querySelector("[data-do=link]").hidden = location.protocol === "about:";
night.addEventListener("change", show);
addEventListener("hashchange", () => (readFragment(), show()));
spaces.forEach(listen);
drawCurves();
readFragment();
fit();
new ResizeObserver(fit).observe(document.body);
window.page = { data, state, source, spaces, network, points, isWrong, go, pin }; // for the curious, and for tests

function fit() {
  spaces.forEach((space) => space.fit());
  show.draw();
}
