// The table of parameters: their gradient, the step, and their recorded values after it.

import { render } from "./elements.js";
import { abs, max } from "./geometry.js";
import { called, data, epochs, network } from "./record.js";
import { $, format } from "./text.js";

const SLOPE = "∂loss/\u2060∂w"; // on one line

// shown: { index, gradient, isMean, isHeld }, or false for no table.
export function drawSteps(shown) {
  render($("steps"), shown ? [["p", {}, noteOf(shown)], tableOf(shown)] : []);
}

// The parameters of the next epoch, if the page has them, and those to which the step leads.
const nextOf = (index) => epochs[index + 1] === epochs[index] + 1 && network.parametersAt(index + 1);
const movedBy = (gradient) => network.w.map((value, at) => value - data.step.rate * gradient[at]);

function tableOf({ index, gradient }) {
  const { step } = data;
  const next = nextOf(index);
  const columns = [[`at ${called(index)}`, network.w], [SLOPE, gradient]];
  if (step) columns.push([`w − ${step.rate}·${SLOPE}`, movedBy(gradient)]);
  if (step && next) columns.push([`recorded at ${called(index + 1)}`, next]);
  const head = ["tr", {}, ["th", {}, "parameter"], ...columns.map(([title]) => ["th", {}, title])];
  const rows = network.shape.rows.map(([name, at]) => {
    const cells = columns.map(([, values]) => ["td", {}, format(values[at])]);
    return ["tr", { "data-at": at }, ["th", {}, name], ...cells];
  });
  const scrolled = { class: "scroll", tabindex: 0, role: "region", "aria-label": "table of parameters" };
  return ["div", scrolled, ["table", {}, ["thead", {}, head], ["tbody", {}, ...rows]]];
}

function noteOf({ index, gradient, isMean, isHeld }) {
  const { step, words } = data;
  const next = nextOf(index);
  const notes = [words.listed, words[isHeld ? "held" : !step ? "unknown" : !next ? "end" : isMean ? "step" : "alone"]];
  if (step && next && isMean) notes.push(`${format(max(...movedBy(gradient).map((value, at) => abs(value - next[at]))))}.`);
  return notes.join(" ").trim();
}
