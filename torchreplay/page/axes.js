// The choice of axes where the last hidden layer has more than two units: the plane in which the output
// units decide, of three classes if there are more; or two of the units. `axes` of the state are
// { units } or { classes }, by their numbers, or null for those with which the page begins.

import { render } from "./elements.js";
import { classes, classWord, network } from "./record.js";
import { source } from "./source.js";
import { show, state } from "./state.js";
import { $, range } from "./text.js";

const KINDS = ["decision plane", "two units"];
const row = $("axes"); // it may leave the document

// Axes by the numbers in an address, counted from 1 on; null if they fit none.
export function readAxes(units, classes) {
  const { leading, shape } = network ?? {};
  const fit = (numbers, count) => numbers.length > 0 && new Set(numbers).size === numbers.length && numbers.every((number) => range(count).includes(number - 1));
  const before = (numbers) => numbers.map((number) => number - 1);
  if (!shape?.plane) return null;
  if (fit(units, leading.at(-1).units)) return { units: before(units) };
  return shape.plane.chosen.length && fit(classes, network.output.units) ? { classes: before(classes).sort((one, other) => one - other) } : null;
}

export const writeAxes = (axes) => Object.entries(axes ?? {}).map(([kind, numbers]) => [kind, numbers.map((number) => number + 1)]);

// What is chosen, and the words to choose from: [numbers, words].
function offered() {
  const { units } = state.axes ?? {};
  if (units) return [units, network.leading.at(-1).symbols];
  return [source.shown.classes ?? [], range(classes.length, classWord)];
}

row?.addEventListener("change", ({ target }) => {
  const [kind, ...values] = Array.from(row.querySelectorAll("select"), ({ value }) => Number(value));
  const isOther = new Set(values).size === values.length;
  if (target.id === "kind") state.axes = kind ? { units: [0, 1] } : null;
  else if (isOther) state.axes = kind ? { units: values } : { classes: values.sort((one, other) => one - other) };
  show();
});

export function drawAxes() {
  if (!row) return;
  const isKnown = Boolean(network?.shape.plane);
  const [numbers, words] = isKnown ? offered() : [[], []];
  const select = (name, all, attributes = {}) =>
    ["select", { "aria-label": name, ...attributes }, ...all.map((word, value) => ["option", { value }, word])];
  const first = ["label", {}, "Plane ", select("Plane", KINDS, { id: "kind" })];
  render(row, isKnown ? [first, ...numbers.map((_, k) => select(`Axis ${k + 1}`, words))] : []);
  const values = [state.axes?.units ? 1 : 0, ...numbers];
  row.querySelectorAll("select").forEach((one, k) => (one.value = values[k]));
}
