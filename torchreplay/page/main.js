// The page: it listens, and shows what the link or the training's end says.

import { activate, click, press } from "./actions.js";
import { readFragment } from "./link.js";
import { listen } from "./pointers.js";
import { last, network, points, source } from "./record.js";
import { night } from "./screen.js";
import { go, pin, show, spaces, state } from "./state.js";
import { $ } from "./text.js";

const fit = () => {
  spaces.forEach((space) => space.fit());
  show.draw();
};

$("slider").max = last;
$("slider").addEventListener("input", ({ target }) => go(Number(target.value)));
if (location.protocol === "about:") document.querySelector("[data-do=link]").hidden = true;
spaces.forEach(listen);
document.addEventListener("click", click);
document.addEventListener("keydown", press);
document.addEventListener("change", show);
for (const type of ["pointerover", "focusin"]) document.addEventListener(type, activate);
night.addEventListener("change", show);
addEventListener("hashchange", () => (readFragment(), show()));
readFragment();
fit();
new ResizeObserver(fit).observe(document.body);
window.page = { state, source, spaces, network, points, go, pin }; // for the curious, and for tests
