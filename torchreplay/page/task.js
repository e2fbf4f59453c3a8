// What is learned from labels: one of two classes, one of more, or a number. A task says what the
// outputs z of a network mean, as `tasks.py` does.

import { abs, clamp, max } from "./geometry.js";
import { range } from "./text.js";

export const sigmoid = (z) => 1 / (1 + Math.exp(-z));

// The losses of regression, as functions of the error z − y, with their derivatives.
const LOSSES = {
  mse: { of: (error) => error * error, slope: (error) => 2 * error },
  l1: { of: abs, slope: Math.sign },
  huber: {
    of: (error) => (abs(error) > 1 ? abs(error) - 0.5 : (error * error) / 2),
    slope: (error) => clamp(error, -1, 1),
  },
};

// The number of the largest of some values, the first of several; one of them may be left out.
export function largest(values, except = -1) {
  let best = except ? 0 : 1;
  for (let k = best + 1; k < values.length; k++) if (k !== except && values[k] > values[best]) best = k;
  return best;
}

function softmax(z) {
  const most = z[largest(z)];
  const raised = z.map((each) => Math.exp(each - most));
  const sum = raised.reduce((one, other) => one + other);
  return raised.map((each) => each / sum);
}

// outputs: how many numbers the network puts out. levels: those that separate areas of a single
// one, in ascending order. criterion: the loss of regression.
export function makeTask({ outputs, levels, criterion }) {
  const areas = outputs > 1 ? outputs : levels.length + 1;
  // Scores of areas: the largest is that of the area itself. They are the outputs, or k z minus the
  // first k levels, which labels in single precision may equal. `one` is 0 for the part of a linear
  // function z that is not constant.
  const unit = criterion && levels.length > 1 ? levels[1] - levels[0] : 1;
  const sums = range(areas, (k) => levels.slice(0, k).reduce((sum, level) => sum + Math.fround(level), 0));
  const made = new Float64Array(areas);
  const scores = (z, one = 1) => {
    if (outputs > 1) return z;
    for (let k = 0; k < areas; k++) made[k] = (k * z[0] - one * sums[k]) / unit;
    return made;
  };
  const area = (z) => largest(scores(z));
  const all = { outputs, levels, criterion, area, areas, scores };
  if (criterion) {
    const { of, slope } = LOSSES[criterion];
    const loss = ([z], y) => of(z - y);
    const slopes = ([z], y, found) => (found[0] = slope(z - y));
    return { ...all, loss, slopes, isWrong: () => false, predict: (z) => z };
  }
  return {
    ...all,
    isWrong: (z, label) => area(z) !== label,
    predict: (z) => (outputs > 1 ? softmax(z) : [sigmoid(z[0])]),
    // Exact where a probability is 0 or 1 in any precision.
    loss(z, label) {
      if (outputs === 1) return max(z[0], 0) - z[0] * label + Math.log1p(Math.exp(-abs(z[0])));
      const most = z[largest(z)];
      return most - z[label] + Math.log(z.reduce((sum, each) => sum + Math.exp(each - most), 0));
    },
    // ∂loss/∂z of probabilities h.
    slopes(h, label, slopes) {
      for (let k = 0; k < outputs; k++) slopes[k] = h[k] - (outputs > 1 ? Number(k === label) : label);
    },
  };
}
