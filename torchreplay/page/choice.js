// The choice of runs: which one is shown, which is its ghost, and how they stand.

import { called, classes, classWord, curves, data, ghost, network, planes, run, runs } from "./record.js";
import { remember } from "./remember.js";
import { arrange, change, state } from "./state.js";
import { $, element, shorten } from "./text.js";

const NONE = "none";
const names = [...document.querySelectorAll("[data-class]")];
const written = names.map((place) => place.textContent);
const heads = { title: document.querySelector("h1"), facts: $("facts"), hint: $("hint") };

function offer(select, words, choose) {
  select.replaceChildren(...words.map((word, value) => Object.assign(element("option", "", shorten(word, 40)), { value })));
  select.addEventListener("change", () => choose(Number(select.value)));
}

offer($("run"), runs.map(({ name }) => name), (k) => change(runs[k], runs[k] === ghost ? run : ghost));
offer($("other"), [NONE, ...runs.map(({ name }) => name)], (k) => change(run, runs[k - 1] === run ? null : runs[k - 1]));
offer($("beside"), ["both spaces", ...Object.keys(planes).map((name) => `${name} space of both`)], (k) => arrange(["", ...Object.keys(planes)][k]));

// What is written of the run that is shown, and of its ghost.
export function drawRun() {
  drawChoice(run, data, ghost, state.beside);
  if (ghost) drawGhost(ghost, called(state.index, ghost), called(state.index));
}

// The epoch of the ghost is written where it is another one than that of the run.
const drawGhost = remember(({ name }, at, shown) => {
  $("dashed").lastChild.textContent = `${shorten(name || data.words.record)}${at === shown ? "" : ` at ${at}`}`;
});

const drawChoice = remember((run, data, ghost) => {
  Object.assign($("run"), { value: runs.indexOf(run) });
  Object.assign($("other"), { value: runs.indexOf(ghost) + 1 });
  $("beside").value = ["", ...Object.keys(planes)].indexOf(state.beside);
  $("runs").hidden = runs.length === 1 || !runs.includes(run);
  const [label, row] = [$("beside").closest("label"), run.base ? $("rate").closest(".row") : $("runs")];
  label.hidden = $("dashed").hidden = !ghost;
  if (label.parentElement !== row) row.append(label); // only then: it would lose the focus
  $("facts").hidden = Boolean(run.base); // those of the record
  $("beyond").hidden = !data.beyond;
  if (runs.length > 1) for (const name in heads) heads[name].textContent = data[name];
  $("mean").closest(".row").hidden = !network;
  names.forEach((place, n) => {
    const k = Number(place.dataset.class);
    place.closest("li").hidden = k >= classes.length;
    place.textContent = classes === runs[0].classes ? written[n] : classWord(k);
  });
  for (const { curves: all } of runs) for (const { name } of all) $(name).parentElement.hidden = !curves.some((one) => one.name === name);
});
