// The network as a diagram, with the numbers of a forward and a backward pass.

import { crossEntropy } from "./network.js";
import { shorten } from "./space.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_UNITS = 8; // of a layer that are shown
const MOST_TERMS = 3; // of a sum that are written out
const MOST_WORDS = 4; // units of a layer, that have room for formulas
const MOST_ROWS = 60; // of the table of parameters
const LINE = 7; // pixels of the largest weight

// An element with properties and children; text is never markup.
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const lower = (n) => String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
const minus = (text) => text.replace(/-/g, "−");

// A number to four decimals, or to three digits where those would not show it.
export function format(value, decimals = 4) {
  const size = Math.abs(value);
  if (value === 0 || (size >= 10 ** -decimals && size < 1e5)) return minus(value.toFixed(decimals));
  const [digits, power] = value.toExponential(2).split("e");
  const raised = String(Number(power)).replace(/[-\d]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  return minus(`${digits}·10`) + raised;
}

const short = (value) => format(value, 2);
const times = (a, b) => (b.startsWith("−") ? `${a}·(${b})` : `${a}·${b}`);

export class Diagram {
  // names: of the features; classes: of the labels.
  constructor(place, network, { names, largest }) {
    Object.assign(this, { place, network, names, largest });
    this.wires = document.createElementNS(SVG, "svg");
    this.wires.setAttribute("aria-hidden", "true");
    this.cards = element("div", { className: "layers" });
    this.table = element("div", { className: "steps" });
    this.drawing = element("div", { className: "network" }, this.wires, this.cards);
    place.replaceChildren(this.drawing, this.table);
  }

  // shown: { x, label, mean, backward, step }: the point and its label, or the mean over all.
  draw(shown) {
    const { network } = this;
    const gradient = shown.mean?.gradient ?? new Float64Array(network.count);
    if (!shown.mean) {
      if (shown.label === undefined) network.forward(shown.x);
      else network.backward(shown.x, shown.label, gradient);
    }
    const columns = [this.inputCards(shown)];
    network.stages.forEach((stage, k) => {
      columns.push(this.unitCards(stage, k, shown));
    });
    const titles = ["input", ...network.stages.map((stage) => stage.name)];
    const made = columns.map((cards, k) =>
      element("div", { className: "layer" }, element("h3", { textContent: titles[k] }), ...cards),
    );
    this.cards.replaceChildren(...made);
    this.wire(columns);
    const known = shown.backward && (shown.mean || shown.label !== undefined);
    this.table.replaceChildren(...(known ? this.steps(gradient, shown) : []));
  }

  inputCards({ x, mean }) {
    const count = Math.min(this.network.inputs, MOST_UNITS);
    const scaled = this.network.shape.mean;
    const cards = Array.from({ length: count }, (_, i) => {
      const n = lower(i + 1);
      const lines = [mean ? `x${n}` : `x${n} = ${format(x[i])}`, shorten(this.names[i], 24)];
      if (scaled && !mean) lines.push(`standardized: x′${n} = ${format(this.network.x[i])}`);
      return this.card(count > MOST_WORDS ? lines.slice(0, 2) : lines);
    });
    return this.rest(cards, this.network.inputs);
  }

  rest(cards, count) {
    const more = count - cards.length;
    return more > 0 ? [...cards, element("p", { textContent: `and ${more} more` })] : cards;
  }

  card(lines) {
    const made = lines.map((text, k) => element(k ? "span" : "b", { textContent: text }));
    return element("div", { className: "unit" }, ...made);
  }

  unitCards(stage, k, shown) {
    const count = Math.min(stage.units, MOST_UNITS);
    const cards = Array.from({ length: count }, (_, unit) => {
      const lines = this.lines(stage, k, unit, shown);
      return this.card(stage.units > MOST_WORDS ? lines.slice(0, 1) : lines);
    });
    return this.rest(cards, stage.units);
  }

  // What is written at a unit: its value, how it comes about, and its derivative.
  lines(stage, k, unit, { mean, label, backward }) {
    const last = stage === this.network.output;
    const [n, z, h] = [last ? "" : lower(unit + 1), stage.z[unit], stage.h[unit]];
    const name = last ? "P" : `h${n}`;
    if (mean) {
      const lines = [`mean ${name} = ${format(h)}`, `mean z${n} = ${format(z)}`];
      if (last) lines.push(`mean loss = ${format(mean.loss)}`);
      if (backward) lines.push(`mean ∂loss/∂z${n} = ${format(stage.delta[unit])}`);
      return lines;
    }
    const lines = [`${name} = ${format(h)}`, `z${n} = ${this.sum(stage, k, unit)} = ${format(z)}`];
    if (stage.sign) lines.push(`${name} = ${stage.sign}(${format(z)}) = ${format(h)}`);
    if (label === undefined) return lines;
    if (last) lines.push(`label ${label}: loss = −log ${label ? "P" : "(1 − P)"} = ${format(crossEntropy(z, label))}`);
    if (backward) lines.push(`∂loss/∂z${n} = ${this.chain(stage, k, unit, label)}${format(stage.delta[unit])}`);
    return lines;
  }

  sum(stage, k, unit) {
    const before = k ? this.network.stages[k - 1].h : this.network.x;
    const letter = k ? "h" : this.network.shape.mean ? "x′" : "x";
    if (stage.inputs > MOST_TERMS) return `w·${letter} + b`;
    const { w } = this.network;
    const terms = Array.from(before, (value, i) => times(short(w[stage.at + unit * stage.inputs + i]), short(value)));
    return [...terms, short(w[stage.bias + unit])].join(" + ").replace(/\+\s−/g, "− ");
  }

  chain(stage, k, unit, label) {
    const next = this.network.stages[k + 1];
    if (!next) return `P − ${label} = `;
    if (next.units > 1 || stage.sign !== "σ") return "";
    const weight = short(this.network.w[next.at + unit]);
    return `${times(short(next.delta[0]), weight)}·h(1 − h) = `;
  }

  // A line for each weight, as wide as it is large; measured, so that it works in rows and columns.
  wire(columns) {
    const frame = this.drawing.getBoundingClientRect();
    if (!frame.width) return;
    this.wires.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    const boxes = columns.map((cards) =>
      cards.filter((card) => card.className === "unit").map((card) => card.getBoundingClientRect()),
    );
    const across = boxes[1][0].left >= boxes[0][0].right - 1;
    const out = (b) => (across ? [b.right, (b.top + b.bottom) / 2] : [(b.left + b.right) / 2, b.bottom]);
    const into = (b) => (across ? [b.left, (b.top + b.bottom) / 2] : [(b.left + b.right) / 2, b.top]);
    const lines = [];
    this.network.stages.forEach((stage, k) => {
      boxes[k + 1].forEach((to, unit) => {
        boxes[k].forEach((from, i) => {
          const weight = this.network.w[stage.at + unit * stage.inputs + i];
          const line = document.createElementNS(SVG, "line");
          const ends = [...out(from), ...into(to)].map((v, m) => v - (m % 2 ? frame.top : frame.left));
          ["x1", "y1", "x2", "y2"].forEach((name, m) => line.setAttribute(name, ends[m]));
          line.setAttribute("stroke-width", Math.max(0.4, (LINE * Math.abs(weight)) / this.largest));
          line.setAttribute("class", weight < 0 ? "negative" : "positive");
          lines.push(line);
        });
      });
    });
    this.wires.replaceChildren(...lines);
  }

  // The table of parameters: their gradient, the step, and what the record has one epoch later.
  steps(gradient, { mean, step, next, epochs }) {
    const heads = ["parameter", `at epoch ${epochs[0]}`, "∂loss/∂w"];
    if (step) heads.push(`w − ${step.rate}·∂loss/∂w`);
    if (step && next) heads.push(`recorded at epoch ${epochs[1]}`);
    const rows = [];
    let farthest = 0;
    this.network.stages.forEach((stage, k) => {
      for (let unit = 0; unit < stage.units; unit++) {
        for (let i = 0; i <= stage.inputs; i++) {
          const at = i < stage.inputs ? stage.at + unit * stage.inputs + i : stage.bias + unit;
          const moved = this.network.w[at] - (step?.rate ?? 0) * gradient[at];
          if (next) farthest = Math.max(farthest, Math.abs(moved - next[at]));
          const values = [format(this.network.w[at]), format(gradient[at])];
          if (step) values.push(format(moved));
          if (step && next) values.push(format(next[at]));
          rows.push([this.nameOf(stage, k, unit, i), ...values]);
        }
      }
    });
    const cells = (tag, texts) => texts.map((text) => element(tag, { textContent: text }));
    const line = ([name, ...values]) =>
      element("tr", {}, element("th", { textContent: name, scope: "row" }), ...cells("td", values));
    const head = element("thead", {}, element("tr", {}, ...cells("th", heads)));
    const table = element("table", {}, head, element("tbody", {}, ...rows.slice(0, MOST_ROWS).map(line)));
    const notes = [];
    if (rows.length > MOST_ROWS) notes.push(`${MOST_ROWS} of ${rows.length} parameters are listed. `);
    if (mean && step && next) {
      notes.push(`This is the step that training took: it differs from the record by ${format(farthest)} at most.`);
    } else if (step && next) {
      notes.push("Training descends the mean over all points; this is what one point asks for.");
    } else if (step) {
      notes.push("The record ends at this epoch.");
    } else {
      notes.push("Training did not take plain steps down the mean gradient of these points.");
    }
    const note = element("p", { textContent: notes.join("") });
    return [note, element("div", { className: "scroll", tabIndex: 0, ariaLabel: "table of parameters", role: "region" }, table)];
  }

  nameOf(stage, k, unit, i) {
    const to = stage === this.network.output ? "output" : `h${lower(unit + 1)}`;
    const layer = this.network.hidden.length > 1 ? `${stage.name}: ` : "";
    if (i === stage.inputs) return `${layer}bias of ${to}`;
    return `${layer}${k ? "h" : "x"}${lower(i + 1)} → ${to}`;
  }
}
