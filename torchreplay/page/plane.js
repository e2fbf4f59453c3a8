// The plane of features that is shown: how what a hidden layer puts out, h, becomes a place in it, and
// what the output units are there: of each the triple (v1, v2, c) of v1 a + v2 b + c at places (a, b).

import { decode, range } from "./text.js";

const LEAST_LENGTH = 1e-6; // of a direction that is left when those before are taken out, relative to it
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

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

// Two directions of length 1 at right angles, which span the first independent ones of some.
function orthonormal(directions) {
  const found = [];
  for (const direction of directions) {
    let left = direction;
    for (const other of [...found, ...found]) { // twice, so that rounding leaves nothing
      const along = dot(left, other);
      left = left.map((value, k) => value - along * other[k]);
    }
    const length = Math.sqrt(dot(left, left));
    if (found.length < 2 && length > LEAST_LENGTH * Math.sqrt(dot(direction, direction))) found.push(left.map((value) => value / length));
  }
  return found;
}

// The plane in which the output units decide, of a layer of any width: along their weights, or along the
// differences of those of three classes, and then along other directions. See `decision_plane.py`.
export class DecisionPlane {
  constructor({ others, chosen }) {
    const both = decode(others, Float64Array);
    const half = both.length / 2;
    Object.assign(this, { others: [both.slice(0, half), both.slice(half)], chosen });
  }

  restore({ w, output: { inputs, units, at, bias } }) {
    const row = (k) => Float64Array.from(w.subarray(at + k * inputs, at + (k + 1) * inputs));
    const [first, ...rest] = this.chosen.length ? this.chosen : range(units);
    const from = this.chosen.length ? { weight: row(first), bias: w[bias + first] } : { weight: new Float64Array(inputs), bias: 0 };
    this.heads = [first, ...rest].map((k) => ({ weight: row(k).map((value, i) => value - from.weight[i]), bias: w[bias + k] - from.bias }));
    this.basis = orthonormal([...this.heads.map(({ weight }) => weight), ...this.others]);
  }

  seen(h) {
    return this.basis.map((direction) => dot(direction, h));
  }

  lines() {
    return this.heads.map(({ weight, bias }) => [...this.seen(weight), bias]);
  }
}

// Two of many units, in which nothing is decided.
export class TwoOfMany {
  isPlain = true;

  constructor(units) {
    this.units = units;
  }

  restore() {}

  seen(h) {
    return this.units.map((unit) => h[unit]);
  }

  lines() {
    return null;
  }
}
