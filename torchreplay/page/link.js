// The link to what is shown: epoch, pinned point and zoom, in the fragment of the address.

import { data, epochs, last, network, points } from "./record.js";
import { say, spaces, state } from "./state.js";
import { openPanel } from "./tabs.js";
import { $ } from "./text.js";

// In a frame the address that people see is that of the host, and some frames have none of their own.
export const hasAddress = window === top && location.protocol !== "about:";
const ALONE = [...spaces.map(({ name }) => name), "loss"]; // that can be shown alone

// Show what the fragment says, and nothing else.
export function readFragment() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const numbers = (name, count) => {
    const values = (parts.get(name) ?? "").split(",").map(parseFloat);
    return values.length === count && values.every(Number.isFinite) ? values : [];
  };
  const index = epochs.indexOf(numbers("epoch", 1)[0]);
  const point = numbers("point", 1)[0] - 1;
  const place = numbers("place", 2);
  Object.assign(state, { index: index < 0 ? last : index, pinned: null, hover: null, chosen: null, playing: false });
  $("mean").checked = false;
  const { dataset } = document.documentElement;
  if (ALONE.includes(parts.get("only"))) dataset.only = parts.get("only");
  else delete dataset.only;
  openPanel(parts.get("panel"));
  if (point in points.held) state.pinned = { point };
  if (network && points.plane && place.length) state.pinned = { place };
  for (const space of spaces) {
    const view = numbers(space.name, 4);
    space.look(view[0] < view[2] && view[1] < view[3] ? view : space.rect);
  }
}

export async function copyLink() {
  const { index, pinned } = state;
  const parts = Object.entries({ epoch: epochs[index], ...pinned });
  if (pinned?.point >= 0) parts[1][1] += 1; // points are counted from 1 on
  for (const { name, view, isZoomed } of spaces) if (isZoomed) parts.push([name, view]);
  if (state.panel !== "network") parts.push(["panel", state.panel]);
  history.replaceState(null, "", `#${parts.map((part) => part.join("=")).join("&")}`);
  const isCopied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  say(data.words[isCopied ? "copied" : "link"]);
}
