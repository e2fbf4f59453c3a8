// The text at the output units: what is predicted, the loss of a point, and its derivative.

import { abs } from "./geometry.js";
import { classes, data, task } from "./record.js";
import { format, shorten } from "./text.js";

export const MOST_WRITTEN = 4; // units of a layer whose formulas are all written

// shown: { mean, label, backward } of the diagram. terms: the sum that makes z, as text.
export function outputLines(stage, unit, { mean, label, backward }, terms) {
  const [z, h, delta] = [stage.z, stage.h, stage.delta].map((values) => format(values[unit]));
  const name = stage.symbols[unit];
  const sum = task.outputs > 1 ? name.replace("P", "z") : "z";
  const loss = format(mean ? mean.loss : label === undefined ? 0 : task.loss(stage.z, label));
  const of = task.outputs > 1 ? `class ${shorten(classes[unit], 16)}` : task.criterion && `predicted ${shorten(data.target)}`;
  if (mean) {
    const lossLine = unit === 0 && `mean loss = ${loss}`;
    const sumLine = !task.criterion && `mean ${sum} = ${z}`;
    return [`mean ${name} = ${h}`, of, sumLine, lossLine, backward && `mean ∂loss/∂${sum} = ${delta}`];
  }
  const { squashed, lossOf, slope } = (task.criterion ? number : task.outputs > 1 ? manyClasses : twoClasses)(stage, unit, label, z);
  const isWritten = task.outputs <= MOST_WRITTEN;
  return [
    `${name} = ${h}`,
    of,
    isWritten && `${sum} = ${terms} = ${z}`,
    isWritten && squashed && `${name} = ${squashed} = ${h}`,
    ...(label !== undefined && lossOf ? [].concat(lossOf) : []).map((line, k, { length }) => (k === length - 1 ? `${line} = ${loss}` : line)),
    backward && `∂loss/∂${sum} = ${slope} = ${delta}`,
  ];
}

function twoClasses(stage, unit, label, z) {
  const formula = label ? "P" : "(1\u00a0−\u00a0P)";
  return { squashed: `σ(${z})`, lossOf: `label ${label}: loss = −log ${formula}`, slope: `P − ${label}` };
}

function manyClasses({ symbols }, unit, label) {
  const raised = symbols.map((name) => `exp(${name.replace("P", "z")})`);
  const name = symbols[unit];
  const isTrue = unit === label;
  return {
    squashed: `${raised[unit]} / (${raised.join(" + ")})`,
    lossOf: isTrue && `label ${label}: loss = −log ${name}`,
    slope: isTrue ? `${name} − 1` : name,
  };
}

function number({ z }, unit, label) {
  const error = z[0] - label;
  const isFar = abs(error) > 1;
  const linear = { lossOf: "loss = |error|", slope: "sign of error" };
  const { lossOf, slope } = {
    mse: { lossOf: "loss = error²", slope: "2·error" },
    l1: linear,
    huber: isFar ? { ...linear, lossOf: "loss = |error| − ½" } : { lossOf: "loss = error² / 2", slope: "error" },
  }[task.criterion];
  const sign = label < 0 ? `(${format(label)})` : format(label);
  return { lossOf: [`error = z − y = ${format(z[0])} − ${sign} = ${format(error)}`, lossOf], slope };
}
