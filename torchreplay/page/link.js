// The link to what is shown: epoch, pinned point and zoom, in the fragment of the address.

import { epochs, network, points } from "./record.js";
import { say, spaces, state } from "./state.js";

export function readFragment() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const numbers = (name, length) => {
    const values = (parts.get(name) ?? "").split(",").map(parseFloat);
    return values.length === length && values.every(Number.isFinite) ? values : null;
  };
  const [epoch] = numbers("epoch", 1) ?? [];
  const [point] = numbers("point", 1) ?? [];
  const place = network && points.plane && numbers("place", 2);
  if (epochs.includes(epoch)) state.index = epochs.indexOf(epoch);
  if (Number.isInteger(point) && point > 0 && point <= points.count) state.pinned = { point: point - 1 };
  if (place) state.pinned = { place };
  for (const space of spaces) {
    const view = numbers(space.name, 4);
    if (view && view[0] < view[2] && view[1] < view[3]) space.look(view);
  }
}

export async function copyLink() {
  const { pinned } = state;
  const parts = new URLSearchParams({ epoch: epochs[state.index] });
  if (pinned) parts.set(...(pinned.place ? ["place", pinned.place] : ["point", pinned.point + 1]));
  for (const { name, view, isZoomed } of spaces) {
    if (isZoomed) parts.set(name, view.map((end) => Number(end.toPrecision(7))));
  }
  history.replaceState(null, "", `#${decodeURIComponent(parts)}`);
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied.");
  } catch {
    say("The address above is the link.");
  }
}
