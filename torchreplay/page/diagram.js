// The network as a diagram, with the numbers of a forward and a backward pass.

import { render } from "./elements.js";
import { MOST_WRITTEN, outputLines } from "./formulas.js";
import { abs, max } from "./geometry.js";
import { data, names, network, points } from "./record.js";
import { drawSteps } from "./steps.js";
import { $, format, range, shorten } from "./text.js";

const MOST_UNITS = 8; // shown of a layer
const MOST_TERMS = 3; // written of a sum
const WIDEST = 7; // pixels of the line of the largest weight

const short = (value) => format(value, 2);
const factor = (value) => (value < 0 ? `(${short(value)})` : short(value));
const times = (a, b) => `${short(a)}·${factor(b)}`;

// Draw it for a pick, or for the mean over the points trained on.
export function drawDiagram(index, pick, isMean) {
  const mean = isMean && network.mean(points);
  const x = !mean && (pick.place ?? points.at(pick.point));
  const label = mean ? undefined : points.label[pick.point];
  const gradient = mean.gradient ?? new Float64Array(network.count);
  if (!mean) network.backward(x, label, gradient);
  const shown = { mean, x, label, backward: $("backward").checked && (isMean || label !== undefined) };
  const wanted = mean ? [] : [label, network.task.area(network.output.z)]; // of many classes
  const columns = [
    column("input", network.shape.symbols, (i) => inputLines(i, shown)),
    ...network.stages.map((stage, k) => {
      const isLast = stage === network.output;
      return column(stage.name, stage.symbols, (unit) => unitLines(k, unit, shown), isLast ? wanted : [], isLast);
    }),
  ];
  render($("layers"), columns);
  render($("wires"), wires());
  drawSteps(shown.backward && { index, gradient, isMean, isHeld: points.held[pick?.point] });
}

// wanted: units that are shown in any case. isWhole: whether all lines of many units are shown.
function column(title, { length }, linesOf, wanted = [], isWhole = false) {
  const asked = wanted.filter((unit) => unit in range(length));
  const others = range(length).filter((unit) => !asked.includes(unit));
  const units = [...new Set(asked), ...others].slice(0, MOST_UNITS).sort((one, other) => one - other);
  const cards = units.map((unit) => {
    const lines = linesOf(unit).filter(Boolean).slice(0, length > MOST_WRITTEN && !isWhole ? 2 : 9);
    return ["div", { class: "unit", "data-unit": unit }, ...lines.map((line, k) => [k ? "div" : "b", {}, whole(line)])];
  });
  const rest = length > MOST_UNITS ? [["p", {}, `and ${length - MOST_UNITS} more`]] : [];
  return ["div", { class: "layer" }, ["h3", {}, title], ...cards, ...rest];
}

// A line that wraps nowhere but before = + and −.
const whole = (line) => line.replace(/ (?![=+−] )/g, "\u00a0").replace("/", "/\u2060");

function inputLines(i, { mean, x }) {
  const { symbols, scaled } = network.shape;
  return [
    mean ? symbols[i] : `${symbols[i]} = ${format(x[i])}`,
    `feature ${shorten(names[i])}`,
    !mean && scaled && `standardized: ${scaled[i]} = ${format(network.x[i])}`,
  ];
}

// The text at a unit: its value, its formula, and its derivative.
function unitLines(k, unit, shown) {
  const stage = network.stages[k];
  if (stage === network.output) return outputLines(stage, unit, shown, terms(k, unit));
  const name = stage.symbols[unit];
  const sum = name.replace("h", "z");
  const [z, h, delta] = [stage.z, stage.h, stage.delta].map((values) => format(values[unit]));
  const axis = stage.axes && `axis ${stage.axes[unit]}`;
  if (shown.mean) return [`mean ${name} = ${h}`, axis, `mean ${sum} = ${z}`, shown.backward && `mean ∂loss/∂${sum} = ${delta}`];
  return [
    `${name} = ${h}`,
    axis,
    `${sum} = ${terms(k, unit)} = ${z}`,
    stage.sign && `${name} = ${stage.sign}(${z}) = ${h}`,
    shown.backward && `∂loss/∂${sum} = ${chain(k, unit)}${delta}`,
  ];
}

function terms(k, unit) {
  const { w, x, shape, stages } = network;
  const { inputs, at, bias } = stages[k];
  if (inputs > MOST_TERMS) return `w·${k ? "h" : shape.scaled ? "x′" : "x"} + b`;
  const products = Array.from(k ? stages[k - 1].h : x, (value, i) => times(w[at + unit * inputs + i], value));
  return [...products, short(w[bias + unit])].join(" + ").replace(/\+\s−/g, "− ");
}

function chain(k, unit) {
  const { w, stages } = network;
  const next = stages[k + 1];
  return next.units === 1 && stages[k].sign === "σ" ? `${times(next.delta[0], w[next.at + unit])}·h(1\u00a0−\u00a0h) = ` : "";
}

// A line for each weight, as wide as the weight is large. Its ends are measured on the screen, so
// that it works in rows and columns.
function wires() {
  const cards = Array.from($("layers").children, (layer) => [...layer.querySelectorAll(".unit")]);
  const isAcross = cards[1][0].offsetLeft >= cards[0][0].offsetLeft + cards[0][0].offsetWidth;
  const end = ({ offsetLeft: x, offsetTop: y, offsetWidth: width, offsetHeight: height }, share) =>
    isAcross ? [x + share * width, y + height / 2] : [x + width / 2, y + share * height];
  return network.stages.flatMap(({ at, inputs }, k) => cards[k + 1].flatMap((to) => cards[k].map((from) => {
    const place = at + to.dataset.unit * inputs + Number(from.dataset.unit);
    const weight = network.w[place];
    const width = max(0.4, (WIDEST * abs(weight)) / data.largest);
    const kind = weight < 0 ? "negative" : "";
    return ["path", { d: `M${end(from, 1)}L${end(to, 0)}`, "stroke-width": width, class: kind, "data-at": place }];
  })));
}
