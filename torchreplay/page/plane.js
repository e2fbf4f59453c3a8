// The plane of features that is shown: how what a hidden layer puts out, h, becomes a place in it, and
// what the output units are there: of each the triple (v1, v2, c) of v1 a + v2 b + c at places (a, b).

import { range } from "./text.js";

const onAxes = ({ weight: [a, b, c, d], bias: [e, f] }, h) => [a * h[0] + b * h[1] + e, c * h[0] + d * h[1] + f];

// Two units. `seen` maps them to the axes, and `meant` back.
export class TwoUnits {
  constructor({ seen, meant }) {
    Object.assign(this, { whitened: seen, meant });
  }

  restore() {}

  seen(h) {
    return onAxes(this.whitened, h);
  }

  // Of each unit the line on which it puts out a value.
  zeros(value) {
    const { weight: m, bias } = this.meant;
    return [0, 1].map((k) => [m[2 * k], m[2 * k + 1], bias[k] - value]);
  }

  lines({ w, output: { units, at, bias: first } }) {
    const { weight: m, bias } = this.meant;
    return range(units, (k) => {
      const [v1, v2, c] = [w[at + 2 * k], w[at + 2 * k + 1], w[first + k]];
      return [v1 * m[0] + v2 * m[2], v1 * m[1] + v2 * m[3], c + v1 * bias[0] + v2 * bias[1]];
    });
  }
}
