// The link to what is shown: epoch, pinned point, zoom and the stop of the tour, in the fragment of the
// address.

import { data, epochs, network, points } from "./record.js";
import { say, spaces, state } from "./state.js";

export const LINK_PARTS = ["stop", "epoch", "point", "place", ...spaces.map(({ name }) => name)]; // their names

export function readFragment(text = location.hash.slice(1)) {
  const own = new URLSearchParams(text);
  const stop = data.tour[own.get("stop") - 1];
  const parts = stop && !own.has("epoch") ? new URLSearchParams(`${stop.at}&${own}`) : own; // the first counts
  const numbers = (name, count) => {
    const values = (parts.get(name) ?? "").split(",").map(parseFloat);
    return values.length === count && values.every(Number.isFinite) ? values : [];
  };
  const index = epochs.indexOf(numbers("epoch", 1)[0]);
  const point = numbers("point", 1)[0] - 1;
  const place = numbers("place", 2);
  state.stop = stop ? Number(own.get("stop")) : 0;
  if (index >= 0) state.index = index;
  if (point in points.held) state.pinned = { point };
  if (network && points.plane && place.length) state.pinned = { place };
  for (const space of spaces) {
    const view = numbers(space.name, 4);
    if (view[0] < view[2] && view[1] < view[3]) space.look(view);
  }
}

export async function copyLink() {
  const { index, pinned } = state;
  const parts = Object.entries({ epoch: epochs[index], ...pinned });
  if (pinned?.point >= 0) parts[1][1] += 1; // points are counted from 1 on
  for (const { name, view, isZoomed } of spaces) if (isZoomed) parts.push([name, view]);
  if (state.stop) parts.push(["stop", state.stop]);
  history.replaceState(null, "", `#${parts.map((part) => part.join("=")).join("&")}`);
  const isCopied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  say(data.words[isCopied ? "copied" : "link"]);
}
