// The link to what is shown: runs, fork, epoch, pinned point, zoom and the stop of the tour, in the
// fragment of the address.

import { readAxes, writeAxes } from "./axes.js";
import { forkText, readFork } from "./changes.js";
import { data, epochs, ghost, last, network, planes, points, run, runs } from "./record.js";
import { sourceOf } from "./source.js";
import { arrange, change, say, settle, spaces, state } from "./state.js";
import { openPanel } from "./tabs.js";
import { $ } from "./text.js";
import { begin } from "./whatif.js";

// In a frame the address that people see is that of the host, and some frames have none of their own.
export const hasAddress = window === top && location.protocol !== "about:";
const ALONE = [...spaces.map(({ name }) => name), "loss"]; // that can be shown alone

export const PARTS = ["stop", "run", "dashed", "beside", "fork", "epoch", "point", "place", "bend", ...Object.keys(planes)]; // their names

// Show what the fragment says, and nothing else.
export function readFragment(text = location.hash.slice(1)) {
  const own = new URLSearchParams(text);
  const stop = data.tour[own.get("stop") - 1];
  const parts = stop && !own.has("epoch") ? new URLSearchParams(`${stop.at}&${own}`) : own; // the first counts
  const numbers = (name, count) => {
    const values = (parts.get(name) ?? "").split(",").map(parseFloat);
    return values.length === count && values.every(Number.isFinite) ? values : [];
  };
  const [shown = runs[0], dashed] = ["run", "dashed"].map((name) => runs[numbers(name, 1)[0] - 1]);
  const beside = Object.hasOwn(planes, parts.get("beside")) ? parts.get("beside") : "";
  state.beside = beside;
  const other = parts.has("dashed") ? dashed : runs.find((one) => one !== shown);
  change(shown, other === shown ? null : other);
  const [epoch] = numbers("epoch", 1);
  const spec = network && parts.has("fork") && readFork(parts.get("fork"), run);
  if (spec) begin(run, spec, epoch);
  if (spec) arrange(beside);
  if (spec === null) say(data.words.broken);
  const index = spec ? 0 : epochs.indexOf(epoch);
  const point = points.ids.indexOf(numbers("point", 1)[0] - 1);
  const place = numbers("place", 2);
  state.stop = stop ? Number(own.get("stop")) : 0;
  Object.assign(state, { index: index < 0 ? last : index, pinned: null, hover: null, chosen: null, playing: false });
  const [bend] = numbers("bend", 1);
  state.axes = readAxes(numbers("units", 2), numbers("classes", 3));
  state.bend = bend >= 0 && bend <= 1 && sourceOf(run).way?.stops.length ? bend : 1;
  settle(); // views are those of its axes
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
  const { index, bend, axes, pinned } = state;
  const parts = Object.entries({ epoch: epochs[index], ...pinned });
  if (pinned?.point >= 0) parts[1][1] = points.ids[pinned.point] + 1; // points are counted from 1 on
  const text = run.base && forkText(run);
  if (bend < 1) parts.push(["bend", bend]);
  parts.push(...writeAxes(axes));
  if (runs.length > 1) parts.push(["run", runs.indexOf(run.base ?? run) + 1]);
  if (runs.length > 1 && !run.base) parts.push(["dashed", runs.indexOf(ghost) + 1]);
  if (text) parts.push(["fork", text]);
  if (state.beside) parts.push(["beside", state.beside]);
  for (const { name, view, isZoomed } of spaces) if (isZoomed) parts.push([name, view]);
  if (state.panel !== "network") parts.push(["panel", state.panel]);
  if (state.stop) parts.push(["stop", state.stop]);
  history.replaceState(null, "", `#${parts.map((part) => part.join("=")).join("&")}`);
  const isCopied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  say(data.words[text === "" ? "long" : isCopied ? "copied" : "link"]);
}
