// The network of an epoch, forward and backward, from the recorded float32 parameters.

export const sigmoid = (z) => 1 / (1 + Math.exp(-z));

const ACTIVATIONS = {
  sigmoid: { sign: "σ", value: sigmoid, slope: (h) => h * (1 - h) },
  tanh: { sign: "tanh", value: Math.tanh, slope: (h) => 1 - h * h },
  relu: { sign: "relu", value: (z) => Math.max(z, 0), slope: (h) => (h > 0 ? 1 : 0) },
  linear: { sign: "", value: (z) => z, slope: () => 1 },
};

// The loss of a point from its logit z and label t: exact where P is 0 or 1 in any precision.
export const crossEntropy = (z, t) => Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));

export class Network {
  // shape: { mean, spread, stages: [{ inputs, units, activation, name }], whitening }.
  // parameters: those of all epochs, one after another; each stage's weights, then its biases.
  constructor(shape, parameters) {
    this.parameters = parameters;
    this.shape = shape;
    this.whitening = shape.whitening;
    this.count = 0;
    this.stages = shape.stages.map((stage) => {
      const at = this.count;
      const bias = at + stage.inputs * stage.units;
      this.count = bias + stage.units;
      const values = () => new Float64Array(stage.units);
      const room = { z: values(), h: values(), delta: values(), across: values(), up: values() };
      return { ...stage, ...ACTIVATIONS[stage.activation], at, bias, ...room };
    });
    this.hidden = this.stages.slice(0, -1);
    this.output = this.stages.at(-1);
    this.inputs = shape.stages[0].inputs;
    this.x = new Float64Array(this.inputs);
    this.w = new Float64Array(this.count);
  }

  parametersAt(index) {
    return this.parameters.subarray(index * this.count, (index + 1) * this.count);
  }

  restore(index) {
    this.w.set(this.parametersAt(index));
  }

  // Evaluate some stages at x; they keep their z and h. Returns the h of the last one.
  forward(x, stages = this.stages) {
    const { mean, spread } = this.shape;
    let input = this.x;
    for (let i = 0; i < input.length; i++) input[i] = mean ? (x[i] - mean[i]) / spread[i] : x[i];
    for (const stage of stages) {
      let at = stage.at;
      for (let unit = 0; unit < stage.units; unit++) {
        let z = this.w[stage.bias + unit];
        for (let i = 0; i < input.length; i++) z += this.w[at++] * input[i];
        stage.z[unit] = z;
        stage.h[unit] = stage.value(z);
      }
      input = stage.h;
    }
    return input;
  }

  logit(x) {
    this.forward(x);
    return this.output.z[0];
  }

  probability(x) {
    return this.forward(x)[0];
  }

  // Where x is seen in feature space, a pair.
  image(x) {
    return this.seen(this.forward(x, this.hidden));
  }

  // Where the axes show two units of the last hidden layer.
  seen([a, b]) {
    const white = this.whitening;
    if (!white) return [a, b];
    const { weight: w, bias } = white;
    return [w[0] * a + w[1] * b + bias[0], w[2] * a + w[3] * b + bias[1]];
  }

  // The output unit as a function of what is seen in feature space: [v1, v2, c].
  line() {
    const { at, bias } = this.output;
    const [v1, v2, c] = [this.w[at], this.w[at + 1], this.w[bias]];
    if (!this.whitening) return [v1, v2, c];
    const { weight: w, bias: b } = this.whitening;
    const det = w[0] * w[3] - w[1] * w[2];
    const u1 = (v1 * w[3] - v2 * w[2]) / det;
    const u2 = (v2 * w[0] - v1 * w[1]) / det;
    return [u1, u2, c - u1 * b[0] - u2 * b[1]];
  }

  // By how much the image of the plane stretches areas at x; negative where it is turned over.
  stretch(x) {
    this.forward(x, this.hidden);
    const { spread } = this.shape;
    let across = [spread ? 1 / spread[0] : 1, 0];
    let up = [0, spread ? 1 / spread[1] : 1];
    for (const stage of this.hidden) {
      let at = stage.at;
      for (let unit = 0; unit < stage.units; unit++) {
        let a = 0;
        let b = 0;
        for (let i = 0; i < stage.inputs; i++, at++) {
          a += this.w[at] * across[i];
          b += this.w[at] * up[i];
        }
        const slope = stage.slope(stage.h[unit]);
        stage.across[unit] = slope * a;
        stage.up[unit] = slope * b;
      }
      across = stage.across;
      up = stage.up;
    }
    return across[0] * up[1] - across[1] * up[0];
  }

  // Add the gradient of the loss at a point x of label t; the stages keep their ∂loss/∂z.
  backward(x, t, gradient) {
    this.output.delta[0] = this.forward(x)[0] - t;
    for (let k = this.stages.length - 1; k >= 0; k--) {
      const stage = this.stages[k];
      const before = this.stages[k - 1];
      const input = before ? before.h : this.x;
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
      if (before) for (let i = 0; i < input.length; i++) before.delta[i] *= before.slope(input[i]);
    }
  }

  // What training descended: the means over all points of gradient, loss, and each stage's values.
  mean(points) {
    const gradient = new Float64Array(this.count);
    const kinds = ["z", "h", "delta"];
    const sums = this.stages.map((stage) => kinds.map(() => new Float64Array(stage.units)));
    let loss = 0;
    for (let n = 0; n < points.count; n++) {
      this.backward(points.at(n), points.label[n], gradient);
      loss += crossEntropy(this.output.z[0], points.label[n]);
      this.stages.forEach((stage, k) => {
        kinds.forEach((kind, m) => {
          for (let unit = 0; unit < stage.units; unit++) sums[k][m][unit] += stage[kind][unit];
        });
      });
    }
    const divide = (values) => values.map((value) => value / points.count);
    this.stages.forEach((stage, k) => {
      kinds.forEach((kind, m) => stage[kind].set(divide(sums[k][m])));
    });
    return { gradient: divide(gradient), loss: loss / points.count };
  }
}
