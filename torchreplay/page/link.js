// The link to what is shown: epoch, pinned point and zoom, in the fragment of the address.

import { stops } from "./bent.js";
import { data, epochs, network, points } from "./record.js";
import { say, settle, spaces, state } from "./state.js";

export function readFragment() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const numbers = (name, count) => {
    const values = (parts.get(name) ?? "").split(",").map(parseFloat);
    return values.length === count && values.every(Number.isFinite) ? values : [];
  };
  const index = epochs.indexOf(numbers("epoch", 1)[0]);
  const point = numbers("point", 1)[0] - 1;
  const place = numbers("place", 2);
  const [bend] = numbers("bend", 1);
  if (index >= 0) state.index = index;
  state.bend = bend >= 0 && bend <= 1 && stops.length ? bend : 1;
  settle(); // views are those of its axes
  if (point in points.held) state.pinned = { point };
  if (network && points.plane && place.length) state.pinned = { place };
  for (const space of spaces) {
    const view = numbers(space.name, 4);
    if (view[0] < view[2] && view[1] < view[3]) space.look(view);
  }
}

export async function copyLink() {
  const { index, bend, pinned } = state;
  const parts = Object.entries({ epoch: epochs[index], ...pinned });
  if (pinned?.point >= 0) parts[1][1] += 1; // points are counted from 1 on
  if (bend < 1) parts.push(["bend", bend]);
  for (const { name, view, isZoomed } of spaces) if (isZoomed) parts.push([name, view]);
  history.replaceState(null, "", `#${parts.map((part) => part.join("=")).join("&")}`);
  const isCopied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  say(data.words[isCopied ? "copied" : "link"]);
}
