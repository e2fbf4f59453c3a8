// The network as a diagram, with the numbers of a forward and a backward pass.

import { crossEntropy } from "./network.js";
import { $, element, format, row, shorten } from "./text.js";

const MOST_UNITS = 8; // of a layer that are shown
const MOST_WRITTEN = 4; // of a layer, for which all formulas are written
const MOST_TERMS = 3; // of a sum that are written out
const WIDEST = 7; // pixels, of the line of the largest weight

const short = (value) => format(value, 2);
const times = (a, b) => `${short(a)}·${b < 0 ? `(${short(b)})` : short(b)}`;

// shown: the point `x` and its `label`, if it has one, or the `mean` over all points; whether the pass
// `backward` is; the parameters `next` recorded; and what both epochs are `called`.
export function drawDiagram(network, data, shown) {
  const { x, label, mean, backward } = shown;
  const gradient = mean ? mean.gradient : new Float64Array(network.count);
  if (label !== undefined && !mean) network.backward(x, label, gradient);
  else if (!mean) network.forward(x);
  const columns = [
    column("input", network.shape.symbols, (i) => inputLines(network, data.names[i], i, shown)),
    ...network.stages.map((stage, k) => column(stage.name, stage.symbols, (unit) => unitLines(network, k, unit, shown))),
  ];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const layers = element("div", { className: "layers" }, ...columns);
  const table = backward && (mean || label !== undefined) ? stepTable(network, gradient, data, shown) : [];
  $("diagram").replaceChildren(element("div", { className: "network" }, svg, layers), ...table);
  drawWires(network, svg, columns, data.largest);
}

function column(title, { length }, linesOf) {
  const cards = Array.from({ length: Math.min(length, MOST_UNITS) }, (_, unit) => {
    const lines = linesOf(unit).filter(Boolean).slice(0, length > MOST_WRITTEN ? 2 : undefined);
    return element("div", { className: "unit" }, ...lines.map((line, k) => element(k ? "span" : "b", {}, line)));
  });
  const rest = length > MOST_UNITS ? [element("p", {}, `and ${length - MOST_UNITS} more`)] : [];
  return element("div", { className: "layer" }, element("h3", {}, title), ...cards, ...rest);
}

function inputLines({ shape, x: scaled }, name, i, { x, mean }) {
  const symbol = shape.symbols[i];
  if (mean) return [symbol, shorten(name, 24)];
  const own = shape.standardized && `standardized: ${symbol.replace("x", "x′")} = ${format(scaled[i])}`;
  return [`${symbol} = ${format(x[i])}`, shorten(name, 24), own];
}

// What is written at a unit: its value, how it comes about, and its derivative.
function unitLines(network, k, unit, { mean, label, backward }) {
  const stage = network.stages[k];
  const isLast = stage === network.output;
  const name = stage.symbols[unit];
  const sum = isLast ? "z" : name.replace("h", "z");
  const [z, h, delta] = [stage.z, stage.h, stage.delta].map((values) => format(values[unit]));
  if (mean) {
    const loss = isLast && `mean loss = ${format(mean.loss)}`;
    return [`mean ${name} = ${h}`, `mean ${sum} = ${z}`, loss, backward && `mean ∂loss/∂${sum} = ${delta}`];
  }
  const formula = isLast && `label ${label}: loss = −log ${label ? "P" : "(1 − P)"} = ${format(crossEntropy(stage.z[unit], label))}`;
  return [
    `${name} = ${h}`,
    `${sum} = ${terms(network, k, unit)} = ${z}`,
    stage.sign && `${name} = ${stage.sign}(${z}) = ${h}`,
    ...(label === undefined ? [] : [formula, backward && `∂loss/∂${sum} = ${chain(network, k, unit, label)}${delta}`]),
  ];
}

function terms({ w, x, shape, stages }, k, unit) {
  const { inputs, at, bias } = stages[k];
  if (inputs > MOST_TERMS) return `w·${k ? "h" : shape.standardized ? "x′" : "x"} + b`;
  const products = Array.from(k ? stages[k - 1].h : x, (value, i) => times(w[at + unit * inputs + i], value));
  return [...products, short(w[bias + unit])].join(" + ").replace(/\+\s−/g, "− ");
}

function chain({ w, stages }, k, unit, label) {
  const next = stages[k + 1];
  if (!next) return `P − ${label} = `;
  return next.units === 1 && stages[k].sign === "σ" ? `${times(next.delta[0], w[next.at + unit])}·h(1 − h) = ` : "";
}

// A line for each weight, as wide as it is large; measured, so that it works in rows and columns.
function drawWires({ w, stages }, svg, columns, largest) {
  const units = columns.map((layer) => [...layer.querySelectorAll(".unit")]);
  const isAcross = units[1][0].offsetLeft >= units[0][0].offsetLeft + units[0][0].offsetWidth;
  const end = ({ offsetLeft: x, offsetTop: y, offsetWidth: width, offsetHeight: height }, share) =>
    isAcross ? [x + share * width, y + height / 2] : [x + width / 2, y + share * height];
  stages.forEach(({ at, inputs }, k) => units[k + 1].forEach((to, unit) => units[k].forEach((from, i) => {
    const weight = w[at + unit * inputs + i];
    const line = document.createElementNS(svg.namespaceURI, "path");
    line.setAttribute("d", `M${end(from, 1)}L${end(to, 0)}`);
    line.setAttribute("stroke-width", Math.max(0.4, (WIDEST * Math.abs(weight)) / largest));
    line.classList.toggle("negative", weight < 0);
    svg.append(line);
  })));
}

// The table of parameters: their gradient, the step, and what the record has after it.
function stepTable({ w, count, shape: { rows } }, gradient, { step, words }, { mean, next, called: [now, then] }) {
  const moved = w.map((value, at) => value - (step?.rate ?? 0) * gradient[at]);
  const columns = [[`at ${now}`, w], ["∂loss/∂w", gradient]];
  if (step) columns.push([`w − ${step.rate}·∂loss/∂w`, moved]);
  if (step && next) columns.push([`recorded at ${then}`, next]);
  const head = element("thead", {}, row(["parameter", ...columns.map(([title]) => title)], "th"));
  const cells = ([name, at]) => row([name, ...columns.map(([, values]) => format(values[at]))]);
  const table = element("table", {}, head, element("tbody", {}, ...rows.map(cells)));
  const notes = rows.length < count ? [`${rows.length} of ${count} parameters are listed.`] : [];
  notes.push(words[!step ? "unknown" : !next ? "end" : !mean ? "alone" : "step"]);
  if (step && next && mean) notes.push(`${format(Math.max(...moved.map((value, at) => Math.abs(value - next[at]))))}.`);
  const look = { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "table of parameters" };
  return [element("p", {}, notes.join(" ")), element("div", look, table)];
}
