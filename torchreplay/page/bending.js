// The slider of the bend: its stops, and what is said of the place where it stands.

import { ceil, max, round } from "./geometry.js";
import { remember } from "./remember.js";
import { source } from "./source.js";
import { allSpaces, show, state } from "./state.js";
import { $, element } from "./text.js";

const [LEAST_STEPS, FEWEST] = [200, 20]; // of the slider: in all, and from stop to stop
const [slider, note, places] = ["bend", "bent", "stops"].map($); // they may leave the document
const title = document.querySelector("#feature .title");
const name = title?.textContent;

for (const { isGhost, figure } of allSpaces) if (isGhost) figure.querySelectorAll(".bend, .lines, #bent").forEach((part) => part.remove());
slider?.addEventListener("input", () => bendTo(slider.value / slider.max));

// Offer the stops of a run.
const offerStops = remember((stops) => {
  const ways = stops.length - 1;
  slider.closest(".bend").hidden = !stops.length;
  slider.max = ways * max(FEWEST, ceil(LEAST_STEPS / ways));
  places.replaceChildren(...stops.map(({ text, short }, k) => {
    const button = Object.assign(element("button", "", short), { value: k / ways, ariaLabel: `Bend: ${text}` });
    button.dataset.do = "bend";
    button.style.left = `${(100 * k) / ways}%`;
    return button;
  }));
});

export function bendTo(share) {
  state.bend = share;
  show();
}

export function drawBend() {
  if (!slider) return;
  offerStops(source.way?.stops ?? []);
  const { title: states = name, note: words = "" } = source.shown;
  title.textContent = states;
  Object.assign(slider, { value: round(state.bend * slider.max), ariaValueText: [states, words].filter(Boolean).join(", ") });
  note.textContent = words;
}
