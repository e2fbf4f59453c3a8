// The page: it listens, and shows what the link or the end of the training says.

import { activate, click, press } from "./actions.js";
import { lookAt } from "./diagram.js";
import { hasAddress, readFragment } from "./link.js";
import { listen } from "./pointers.js";
import { data, network, points } from "./record.js";
import { night, reserve } from "./screen.js";
import { source } from "./source.js";
import { go, isWrong, pin, show, spaces, state } from "./state.js";
import { $ } from "./text.js";
import { drawCurves } from "./timeline.js";

const listeners = { click, keydown: press, change: show, pointerover: activate, focusin: activate };

for (const type in listeners) document.addEventListener(type, listeners[type]);
for (const type of ["pointermove", "focusin"]) $("layers").addEventListener(type, (event) => lookAt(event) && show());
for (const type of ["input", "pointerdown"]) $("slider").addEventListener(type, ({ target }) => go(Number(target.value)));
document.querySelector("[data-do=link]").hidden = !hasAddress;
night.addEventListener("change", show);
addEventListener("hashchange", () => (readFragment(), show()));
spaces.forEach(listen);
drawCurves();
reserve();
readFragment();
fit();
new ResizeObserver(fit).observe(document.body);
window.page = { data, state, source, spaces, network, points, isWrong, go, pin }; // for the curious, and for tests

function fit() {
  $("readout").style.minHeight = "";
  spaces.forEach((space) => space.fit());
  show.draw();
}
