// The slider of the bend: its stops, to which clicks on their names and the keys of pages lead, and what is
// said of the place where it stands.

import { abs, ceil, clamp, floor, max, min, round } from "./geometry.js";
import { remember } from "./remember.js";
import { run } from "./record.js";
import { source, sourceOf } from "./source.js";
import { allSpaces, show, state } from "./state.js";
import { $, element } from "./text.js";

const LINE = 28; // pixels above the names of stops
const [LEAST_STEPS, FEWEST] = [200, 20]; // of the slider: in all, and from stop to stop
const [slider, note, places] = ["bend", "bent", "stops"].map($); // they may leave the document

for (const { isGhost, figure } of allSpaces) if (isGhost) figure.querySelectorAll(".bend, .lines, #bent, #axes").forEach((part) => part.remove());
slider?.addEventListener("input", () => bendTo(slider.value / slider.max));
slider?.addEventListener("click", ({ offsetY, clientX }) => offsetY > LINE && bendTo(nearestStop(clientX)));
slider?.addEventListener("keydown", (event) => {
  const way = { PageUp: 1, PageDown: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  const [ways, next] = [places.children.length - 1, way > 0 ? floor : ceil];
  bendTo(clamp(next(state.bend * ways) + way, 0, ways) / ways);
});

// Offer the stops of a run.
const offerStops = remember((stops) => {
  const ways = stops.length - 1;
  slider.closest(".bend").hidden = !stops.length; // two units have no bend
  slider.max = ways * max(FEWEST, ceil(LEAST_STEPS / ways));
  places.replaceChildren(...stops.map(({ short }, k) => {
    const place = element("span", "", short);
    place.style.left = `${(100 * k) / ways}%`;
    return place;
  }));
});

// The share of the stop whose name is nearest to where the slider is clicked, in the line of names.
function nearestStop(x) {
  const away = Array.from(places.children, (place) => {
    const { left, right } = place.getBoundingClientRect();
    return abs((left + right) / 2 - x);
  });
  return away.indexOf(min(...away)) / (away.length - 1);
}

function bendTo(share) {
  state.bend = share;
  show();
}

const titleOf = (figure) => figure.querySelector(".title");
const stateOf = (run) => sourceOf(run).shown.title ?? "Feature space";

export function drawBend() {
  if (!note) return;
  for (const { name, figure, run } of allSpaces) if (run && name === "feature") titleOf(figure).textContent = stateOf(run);
  const { note: words = "", part } = source.shown;
  note.textContent = words;
  if (!slider) return;
  offerStops(source.way?.stops ?? []);
  Object.assign(slider, { value: round(state.bend * slider.max), ariaValueText: [stateOf(run), words, part].filter(Boolean).join(", ") });
}
