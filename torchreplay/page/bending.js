// The slider of the bend: its stops, and what is said of the place where it stands.

import { stops } from "./bent.js";
import { ceil, max, round } from "./geometry.js";
import { source } from "./source.js";
import { show, state } from "./state.js";
import { $, element } from "./text.js";

const [LEAST_STEPS, FEWEST] = [200, 20]; // of the slider: in all, and from stop to stop
const slider = $("bend");
const ways = stops.length - 1; // from stop to stop
const title = document.querySelector("#feature .title");
const name = title?.textContent;

export function startBend() {
  if (!slider) return;
  slider.max = ways * max(FEWEST, ceil(LEAST_STEPS / ways));
  slider.addEventListener("input", () => bendTo(slider.value / slider.max));
  $("stops").replaceChildren(...stops.map(({ text, short }, k) => {
    const button = Object.assign(element("button", "", short), { value: k / ways, ariaLabel: `Bend: ${text}` });
    button.dataset.do = "bend";
    button.style.left = `${(100 * k) / ways}%`;
    return button;
  }));
}

export function bendTo(share) {
  state.bend = share;
  show();
}

export function drawBend() {
  if (!slider) return;
  const { title: states = name, note = "" } = source.shown;
  title.textContent = states;
  Object.assign(slider, { value: round(state.bend * slider.max), ariaValueText: [states, note].filter(Boolean).join(", ") });
  $("bent").textContent = note;
}
