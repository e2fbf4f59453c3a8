// The views that share a panel, one of which is open, and their tabs.

import { activeLayer } from "./activations.js";
import { run, runs } from "./record.js";
import { show, state } from "./state.js";
import { hasSurface } from "./surface.js";
import { $ } from "./text.js";

const tabs = [...document.querySelectorAll("[role=tab]")];
const list = document.querySelector("[role=tablist]");
const HAS = { network: () => true, surface: () => runs.includes(run) && hasSurface(), activations: activeLayer };
const WAYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

// Open a view by its name, or that of the network.
export function openPanel(name) {
  state.panel = Object.hasOwn(HAS, name) ? name : "network";
  show();
}

// Show the tabs of those views that the run has, and the one that is open.
export function settlePanel() {
  if (!HAS[state.panel]()) state.panel = "network";
  for (const tab of tabs) {
    const isOpen = tab.value === state.panel;
    tab.hidden = !HAS[tab.value]();
    tab.setAttribute("aria-selected", isOpen);
    tab.tabIndex = isOpen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !isOpen;
  }
  list.hidden = tabs.filter(({ hidden }) => !hidden).length < 2;
}

// Arrows go from tab to tab, and not from epoch to epoch.
list.addEventListener("keydown", (event) => {
  const way = WAYS[event.key];
  if (!way) return;
  event.preventDefault();
  event.stopPropagation();
  const seen = tabs.filter(({ hidden }) => !hidden);
  const tab = isFinite(way) ? seen.at((seen.indexOf(event.target) + way) % seen.length) : seen.at(way < 0 ? 0 : -1);
  openPanel(tab.value);
  tab.focus();
});
