// The views of a panel, one of which is open, and their tabs.

import { show, state } from "./state.js";
import { $ } from "./text.js";

const tabs = [...document.querySelectorAll("[role=tab]")];
const WAYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

// Open a view by its name, or that of the network.
export function openPanel(name) {
  state.panel = tabs.some(({ value }) => value === name) ? name : "network";
  for (const tab of tabs) {
    const isOpen = tab.value === state.panel;
    tab.setAttribute("aria-selected", isOpen);
    tab.tabIndex = isOpen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !isOpen;
  }
  show();
}

// Arrows go from tab to tab, and not from epoch to epoch.
document.querySelector("[role=tablist]")?.addEventListener("keydown", (event) => {
  const way = WAYS[event.key];
  if (!way) return;
  event.preventDefault();
  event.stopPropagation();
  const to = tabs.indexOf(event.target) + way;
  const tab = isFinite(way) ? tabs.at(to % tabs.length) : tabs.at(way < 0 ? 0 : -1);
  openPanel(tab.value);
  tab.focus();
});
