// The network of an epoch, forward and backward, from the recorded float32 parameters.

import { max } from "./geometry.js";
import { DecisionPlane, TwoOfMany, TwoUnits } from "./plane.js";
import { sigmoid } from "./task.js";

const ACTIVATIONS = {
  sigmoid: { sign: "σ", value: sigmoid, slope: (h) => h * (1 - h) },
  tanh: { sign: "tanh", value: Math.tanh, slope: (h) => 1 - h * h },
  relu: { sign: "relu", value: (z) => max(z, 0), slope: (h) => (h > 0 ? 1 : 0) },
  linear: { sign: "", value: (z) => z, slope: () => 1 },
};

export class Network {
  // shape: { mean, spread, stages: [{ inputs, units, activation }], shown }, and what its plane needs.
  // The feature space shows what the first `shown` stages put out.
  // parameters: those of all epochs, one after another; each stage's weights, then its biases.
  // task: what it learns.
  constructor(shape, parameters, task) {
    Object.assign(this, { shape, parameters, task, count: 0 });
    this.stages = shape.stages.map((stage) => {
      const at = this.count;
      const bias = at + stage.inputs * stage.units;
      this.count = bias + stage.units;
      const [z, h, delta] = [0, 1, 2].map(() => new Float64Array(stage.units));
      const sums = stage.symbols.map((name) => name.replace(/[hP]/, "z"));
      return { sums, ...stage, ...ACTIVATIONS[stage.activation], at, bias, z, h, delta };
    });
    this.hidden = this.stages.slice(0, -1);
    this.output = this.stages.at(-1);
    this.leading = this.stages.slice(0, shape.shown);
    this.hasHead = this.stages[shape.shown] === this.output;
    this.isFlat = this.leading.every(({ units, activation }) => units === 2 && activation !== "relu");
    this.take(null);
    this.x = new Float64Array(shape.stages[0].inputs);
    this.w = new Float64Array(this.count);
  }

  // Show the features on other axes, see `axes.js`.
  take(axes) {
    const { plane } = this.shape;
    if (axes?.units) this.plane = new TwoOfMany(axes.units);
    else this.plane = plane ? new DecisionPlane({ ...plane, chosen: axes?.classes ?? plane.chosen }) : new TwoUnits(this.shape);
  }

  parametersAt(index) {
    return this.parameters.subarray(index * this.count, (index + 1) * this.count);
  }

  restore(index) {
    this.w.set(this.parametersAt(index));
    this.plane.restore(this);
  }

  // Evaluate some stages at x; they keep their z and h. Returns the h of the last one.
  forward(x, stages = this.stages) {
    const { w, shape: { mean, spread } } = this;
    let input = this.x;
    for (let i = 0; i < input.length; i++) input[i] = (x[i] - mean[i]) / spread[i];
    for (const { inputs, units, at, bias, z, h, value } of stages) {
      for (let unit = 0, k = at; unit < units; unit++) {
        let sum = w[bias + unit];
        for (let i = 0; i < inputs; i++) sum += w[k++] * input[i];
        z[unit] = sum;
        h[unit] = value(sum);
      }
      input = h;
    }
    return input;
  }

  // What it puts out at x, in an array that the next evaluation overwrites.
  logits(x) {
    this.forward(x);
    return this.output.z;
  }

  // The place of x in feature space, a pair.
  image(x) {
    return this.plane.seen(this.forward(x, this.leading));
  }

  // Its outputs as functions of places in feature space: triples, or null if they are none.
  lines() {
    return this.hasHead ? this.plane.lines(this) : null;
  }

  // Add the gradient of the loss at a point x of some label; the stages keep their ∂loss/∂z.
  backward(x, label, gradient) {
    const { h, delta } = this.output;
    h.set(this.task.predict(this.logits(x)));
    this.task.slopes(h, label, delta);
    for (let k = this.stages.length - 1; k >= 0; k--) {
      const stage = this.stages[k];
      const before = this.stages[k - 1];
      const input = before?.h ?? this.x;
      before?.delta.fill(0);
      let at = stage.at;
      for (let unit = 0; unit < stage.units; unit++) {
        const delta = stage.delta[unit];
        gradient[stage.bias + unit] += delta;
        for (let i = 0; i < input.length; i++, at++) {
          gradient[at] += delta * input[i];
          if (before) before.delta[i] += delta * this.w[at];
        }
      }
      before?.delta.forEach((delta, i) => (before.delta[i] = delta * before.slope(input[i])));
    }
  }

  // What training descended: the means over points trained on of gradient, loss, and each stage's values.
  mean({ trained, at, label }) {
    const gradient = new Float64Array(this.count);
    const values = this.stages.flatMap(({ z, h, delta }) => [z, h, delta]);
    const sums = values.map(({ length }) => new Float64Array(length));
    let loss = 0;
    for (const n of trained) {
      this.backward(at(n), label[n], gradient);
      loss += this.task.loss(this.output.z, label[n]);
      values.forEach((kept, k) => kept.forEach((value, unit) => (sums[k][unit] += value)));
    }
    const divide = (sum) => sum.map((value) => value / trained.length);
    values.forEach((kept, k) => kept.set(divide(sums[k])));
    return { gradient: divide(gradient), loss: loss / trained.length };
  }
}
