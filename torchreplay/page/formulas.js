// The text at units: their values, the formulas that make them, and derivatives.

import { alone, inside, sumOf, sumText, worked } from "./digits.js";
import { abs, max } from "./geometry.js";
import { classWord, data, names, network, planes, task } from "./record.js";
import { sigmoid } from "./task.js";
import { format, range, shorten } from "./text.js";

export const MOST_WRITTEN = 4; // units of a layer whose formulas are all written
const AS_SHOWN = 4; // decimals of a number that is shown elsewhere, too
const MOST_OF_P = 10; // decimals of P, after which a loss is made of z

// A difference in parentheses, in which no line ends.
const minus = (one, other) => `(${one}\u00a0−\u00a0${other})`;

// What the slope of an activation adds to the chain rule, of h as text.
const SLOPES = {
  sigmoid: (h) => `·${h}·${minus("1", h)}`,
  tanh: (h) => `·${minus("1", alone(h) + "²")}`,
  relu: (h) => `·${Number(/[1-9]/.test(h))}`,
  linear: () => "",
};

// The lines at an input; most: see `unitLines`.
export function inputLines(i, { mean, x }, most) {
  const { symbols, scaled, mean: middles, spread: spreads } = network.shape;
  const compute = ([value, middle, spread]) => (value - middle) / spread;
  const write = ([value, middle, spread]) => `(${value} − ${inside(middle)}) / ${alone(spread)}`;
  const formula = () => worked(network.x[i], [x[i], middles[i], spreads[i]], compute, write);
  return [
    mean ? symbols[i] : `${symbols[i]} = ${format(x[i])}`,
    `feature ${shorten(names[i])}`,
    !mean && scaled && most && `standardized: ${scaled[i]} = ${formula()} = ${format(network.x[i])}`,
  ];
}

// The lines at a unit; the first is its value. shown: { mean, label, backward } of the diagram.
// most: terms of a sum that is written in full; 0 for no formulas.
export function unitLines(k, unit, { mean, label, backward }, most) {
  const stage = network.stages[k];
  const [z, h, delta] = [stage.z, stage.h, stage.delta].map((values) => format(values[unit]));
  const name = stage.symbols[unit];
  const sum = stage.sums[unit];
  const isOutput = stage === network.output;
  const kind = !isOutput ? hidden : task.criterion ? number : task.outputs > 1 ? manyClasses : twoClasses;
  const { what, squashed, losses = [], slope } = kind(stage, unit, label ?? NaN, mean ? 0 : most, k);
  if (mean) {
    const loss = isOutput && unit === 0 && `mean loss = ${format(mean.loss)}`;
    const before = most && sum !== name && `mean ${sum} = ${z}`;
    return [`mean ${name} = ${h}`, what, before, loss, backward && `mean ∂loss/∂${sum} = ${delta}`];
  }
  const formulas = [`${sum} = ${sumAt(k, unit, most)} = ${z}`, squashed && `${name} = ${squashed} = ${h}`];
  return [
    `${name} = ${h}`,
    what,
    ...(most ? formulas : []),
    ...(label === undefined ? [] : losses),
    backward && ["∂loss/∂" + sum, most || isOutput ? slope : "", delta].filter(Boolean).join(" = "),
  ];
}

const withoutNumber = (name) => name.replace(/[₀-₉]+/, "");

// How the sum before an activation is made, with its numbers if these are not too many.
function sumAt(k, unit, most) {
  const { w, x, shape, stages } = network;
  const { inputs, at, bias, z } = stages[k];
  const before = k ? stages[k - 1].symbols : (shape.scaled ?? shape.symbols);
  const values = () => [...w.subarray(at + unit * inputs, at + (unit + 1) * inputs), ...(k ? stages[k - 1].h : x), w[bias + unit]];
  return (inputs <= most && worked(z[unit], values(), sumOf, sumText)) || `Σ w·${withoutNumber(before[0])} + b`;
}

// The chain rule: what the next layer says, times the weights there, times the slope here.
function chainAt(k, unit, most) {
  const { w, stages: { [k]: stage, [k + 1]: next } } = network;
  const compute = (values) => sumOf(values.slice(0, -1)) * stage.slope(values.at(-1));
  const write = (texts) => {
    const sum = sumText(texts.slice(0, -1));
    return (next.units > 1 ? `(${sum})` : sum) + SLOPES[stage.activation](texts.at(-1));
  };
  const weights = () => range(next.units, (to) => w[next.at + to * next.inputs + unit]);
  const values = () => [...next.delta, ...weights(), stage.h[unit]];
  const short = `Σ w·∂loss/∂${withoutNumber(next.sums[0])}`;
  return (next.units <= most && worked(stage.delta[unit], values(), compute, write)) || short + (stage.sign && `·${stage.sign}′(z)`);
}

// The axis that shows a unit of the last hidden layer; it may mix both units.
function axisOf(stage, unit, isWritten) {
  const { shape: { seen: { weight, bias } }, hidden, plane } = network;
  if (stage.axes) return `axis ${stage.axes[unit]}`;
  if (!planes.feature || !plane.whitened || stage !== hidden.at(-1)) return "";
  const values = [...weight.slice(2 * unit, 2 * unit + 2), ...stage.h, bias[unit]];
  const place = sumOf(values);
  const formula = isWritten ? ` = ${worked(place, values, sumOf, sumText)} = ${format(place)}` : "";
  return `axis ${planes.feature.labels[unit]}${formula}`;
}

function hidden(stage, unit, label, most, k) {
  const { z, h, sign, value } = stage;
  return {
    what: axisOf(stage, unit, most > 0),
    squashed: sign && worked(h[unit], [z[unit]], ([z]) => value(z), ([z]) => `${sign}(${z})`, AS_SHOWN),
    slope: chainAt(k, unit, most),
  };
}

function twoClasses({ z: [z], h: [P], delta: [delta] }, unit, label) {
  const loss = task.loss([z], label);
  const ofP = worked(loss, [P], ([P]) => -Math.log(label ? P : 1 - P), ([P]) => "−log" + (label ? `(${P})` : minus("1", P)), AS_SHOWN, MOST_OF_P);
  const ofZ = () => worked(loss, [label ? -z : z], ([z]) => task.loss([z], 0), ([z]) => `log(1 + exp(${z}))`, AS_SHOWN);
  return {
    what: `probability of ${classWord(1)}`,
    squashed: worked(P, [z], ([z]) => sigmoid(z), ([z]) => `σ(${z})`, AS_SHOWN),
    losses: [`label ${label}: loss = −log ${label ? "P" : minus("1", "P")} = ${ofP || ofZ()} = ${format(loss)}`],
    slope: minusLabel("P", P, label, delta),
  };
}

// The derivative P − label, with the number of P.
function minusLabel(name, P, label, delta) {
  const numbers = worked(delta, [P], ([P]) => P - label, ([P]) => `${P} − ${label}`, AS_SHOWN, MOST_OF_P);
  return `${name} − ${label}${numbers && " = " + numbers}`;
}

function manyClasses({ z, h, delta, symbols, sums }, unit, label, most) {
  const exps = (texts) => texts.map((text) => `exp(${text})`);
  const isLong = task.outputs > max(most, MOST_WRITTEN);
  const write = (texts) => `${exps(texts)[unit]} / (${exps(texts).join(" + ")})`;
  const squashed = isLong ? `exp(${sums[unit]}) / Σ exp(z)` : worked(h[unit], [...z], (z) => task.predict(z)[unit], write, AS_SHOWN);
  const what = classWord(unit);
  if (unit !== label) return { what, squashed, slope: symbols[unit] };
  const loss = task.loss(z, label);
  const ofP = worked(loss, [h[unit]], ([P]) => -Math.log(P), ([P]) => `−log(${P})`, AS_SHOWN, MOST_OF_P);
  const others = [...z].filter((_, k) => k !== unit).map((other) => other - z[unit]);
  const ofZ = () => worked(loss, others, (u) => task.loss([0, ...u], 0), (texts) => `log(1 + ${exps(texts).join(" + ")})`, AS_SHOWN);
  return {
    what,
    squashed,
    losses: [`label ${label}: loss = −log ${symbols[unit]} = ${ofP || ofZ()} = ${format(loss)}`],
    slope: minusLabel(symbols[unit], h[unit], 1, delta[unit]),
  };
}

// The loss of a number and its derivative, of the error as text.
function ofError(isSmall) {
  return {
    mse: [(e) => `${alone(e)}²`, (e) => `2·${inside(e)}`],
    l1: [(e) => `|${e}|`, () => "sign of error"],
    huber: isSmall ? [(e) => `${alone(e)}² / 2`, (e) => e] : [(e) => `|${e}| − ½`, () => "sign of error"],
  }[task.criterion];
}

function number({ z: [z], delta: [delta] }, unit, y) {
  const error = z - y;
  const loss = task.loss([z], y);
  const [ofLoss, ofSlope] = ofError(abs(error) <= 1);
  const difference = worked(error, [z, y], ([z, y]) => z - y, ([z, y]) => `${z} − ${inside(y)}`, AS_SHOWN);
  const losses = worked(loss, [error], ([e]) => task.loss([e], 0), ([e]) => ofLoss(e), AS_SHOWN);
  const slopes = task.criterion === "mse" ? [worked(delta, [error], ([e]) => 2 * e, ([e]) => ofSlope(e), AS_SHOWN)] : [];
  return {
    what: `predicted ${shorten(data.target)}`,
    losses: [`error = z − y = ${difference} = ${format(error)}`, `loss = ${ofLoss("error")} = ${losses} = ${format(loss)}`],
    slope: [ofSlope("error"), ...slopes].join(" = "),
  };
}
