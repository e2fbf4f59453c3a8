// The table of parameters: their gradient, the step, and their recorded values after it.

import { worked } from "./digits.js";
import { render } from "./elements.js";
import { abs, max } from "./geometry.js";
import { called, data, epochs, last, network, run } from "./record.js";
import { $, format, pretty } from "./text.js";

const SLOPE = "∂loss/\u2060∂w"; // on one line

// shown: { index, gradient, isMean, isHeld }, or false for no table.
export function drawSteps(shown) {
  render($("steps"), shown ? [["p", {}, noteOf(shown)], tableOf(shown), ["div", { class: "note" }, data.words.slopes]] : []);
}

// The parameters of the next epoch, if the page has them, and those to which the step leads.
const nextOf = (index) => epochs[index + 1] === epochs[index] + 1 && network.parametersAt(index + 1);
const movedBy = (gradient) => network.w.map((value, at) => value - data.step.rate * gradient[at]);

// The numbers of a row: as many digits as it takes to compute the last from the others.
function stepText(value, slope) {
  const { rate } = data.step;
  const moved = value - rate * slope;
  const texts = worked(moved, [value, slope], ([value, slope]) => value - rate * slope, (texts) => texts, 4);
  return [...(texts || [format(value), format(slope)]), format(moved)];
}

function tableOf({ index, gradient }) {
  const { step } = data;
  const next = step && nextOf(index);
  const titles = ["parameter", `at ${called(index)}`, SLOPE];
  if (step) titles.push(`w − ${pretty(String(step.rate))}·${SLOPE}`);
  if (next) titles.push(`${run.base ? "" : "recorded "}at ${called(index + 1)}`);
  const rows = network.shape.rows.map(([name, at]) => {
    const numbers = [network.w[at], gradient[at]];
    const texts = step ? stepText(...numbers) : numbers.map((value) => format(value));
    if (next) texts.push(format(next[at]));
    return ["tr", { "data-at": at }, ["th", {}, name], ...texts.map((text) => ["td", {}, text])];
  });
  const head = ["tr", {}, ...titles.map((title) => ["th", {}, title])];
  const scrolled = { class: "scroll", tabindex: 0, role: "region", "aria-label": "table of parameters" };
  return ["div", scrolled, ["table", {}, ["thead", {}, head], ["tbody", {}, ...rows]]];
}

function noteOf({ index, gradient, isMean, isHeld }) {
  const { step, words } = data;
  const next = nextOf(index);
  const after = next ? (isMean ? "step" : "alone") : index === last ? "end" : "missing";
  const notes = [words.listed, words[isHeld ? "held" : step ? after : "unknown"]];
  if (step && next && isMean) notes.push(`${format(max(...movedBy(gradient).map((value, at) => abs(value - next[at]))))}.`);
  return notes.join(" ").trim();
}
