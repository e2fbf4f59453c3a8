// The text at the output units: what is predicted, the loss of a point, and its derivative.

import { abs } from "./geometry.js";
import { classWord, data, task } from "./record.js";
import { format, shorten } from "./text.js";

export const MOST_WRITTEN = 4; // units of a layer whose formulas are all written

// shown: { mean, label, backward } of the diagram. terms: the sum that makes z, as text.
export function outputLines(stage, unit, { mean, label, backward }, terms) {
  const [z, h, delta] = [stage.z, stage.h, stage.delta].map((values) => format(values[unit]));
  const loss = format(mean ? mean.loss : task.loss(stage.z, label));
  const name = stage.symbols[unit];
  const sum = task.outputs > 1 ? name.replace("P", "z") : "z";
  const of = task.outputs > 1 ? classWord(unit) : task.criterion && `predicted ${shorten(data.target)}`;
  const value = [mean ? `mean ${name} = ${h}` : `${name} = ${h}`, of];
  if (mean) {
    const losses = unit === 0 && `mean loss = ${loss}`;
    return [...value, sum !== name && `mean ${sum} = ${z}`, losses, backward && `mean ∂loss/∂${sum} = ${delta}`];
  }
  const kind = task.criterion ? number : task.outputs > 1 ? manyClasses : twoClasses;
  const { squashed, losses, slope } = kind(stage, unit, label ?? NaN, loss);
  const formulas = [`${sum} = ${terms} = ${z}`, squashed && `${name} = ${squashed} = ${h}`];
  return [
    ...value,
    ...(task.outputs > MOST_WRITTEN ? [] : formulas),
    ...(label === undefined ? [] : losses),
    backward && `∂loss/∂${sum} = ${slope} = ${delta}`,
  ];
}

function twoClasses({ z }, unit, label, loss) {
  const P = label ? "P" : "(1 − P)";
  return { squashed: `σ(${format(z[0])})`, losses: [`label ${label}: loss = −log ${P} = ${loss}`], slope: `P − ${label}` };
}

function manyClasses({ symbols }, unit, label, loss) {
  const raised = symbols.map((name) => `exp(${name.replace("P", "z")})`);
  const squashed = `${raised[unit]} / (${raised.join(" + ")})`;
  const P = symbols[unit];
  if (unit !== label) return { squashed, losses: [], slope: P };
  return { squashed, losses: [`label ${label}: loss = −log ${P} = ${loss}`], slope: `${P} − 1` };
}

function number({ z }, unit, label, loss) {
  const error = z[0] - label;
  const [formula, slope] = {
    mse: ["error²", "2·error"],
    l1: ["|error|", "sign of error"],
    huber: abs(error) <= 1 ? ["error² / 2", "error"] : ["|error| − ½", "sign of error"],
  }[task.criterion];
  const y = label < 0 ? `(${format(label)})` : format(label);
  return { losses: [`error = z − y = ${format(z[0])} − ${y} = ${format(error)}`, `loss = ${formula} = ${loss}`], slope };
}
