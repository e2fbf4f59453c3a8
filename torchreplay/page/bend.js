// The bend: stages in which the input plane of an epoch goes to the feature space, as `bend.py` has
// them. A stage is { name, at }: `at` gives the map of places when some share of the stage is done.
// Layers of two units turn the plane, stretch it, shift it and bend it. Weights are W = S Q: Q turns,
// and S stretches along two directions at right angles. Other layers are blended in as a whole.

import { abs, ceil, floor, hypot, min, round } from "./geometry.js";

const LEAST_SIZE = 1e-6; // of a stretch, relative to the other one: its powers would jump at first

const apply = ([a, b, c, d], [x, y]) => [a * x + b * y, c * x + d * y];
const add = ([x, y], [u, v], share = 1) => [x + share * u, y + share * v];
const blend = ([x, y], [u, v], share) => [(1 - share) * x + share * u, (1 - share) * y + share * v];
const product = ([a, b, c, d], [e, f, g, h]) => [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
const subscript = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

// The matrix that stretches by a size along a direction, and by another one at right angles to it.
function stretched(angle, size, other) {
  const [x, y] = [Math.cos(angle), Math.sin(angle)];
  const across = (size - other) * x * y;
  return [size * x * x + other * y * y, across, across, other * x * x + size * y * y];
}

// The stages of a linear layer. If it mirrors, the plane is turned over in place of a turn, around
// the line that stays: half way it is seen from the side.
export function linearStages({ weight, bias }) {
  const [a, b, c, d] = weight;
  const isMirror = a * d < b * c;
  const angle = isMirror ? Math.atan2(b + c, a - d) : Math.atan2(c - b, a + d);
  const turn = (share) => {
    if (isMirror) return stretched(angle / 2, 1, Math.cos(Math.PI * share));
    const [cos, sin] = [Math.cos(share * angle), Math.sin(share * angle)];
    return [cos, -sin, sin, cos];
  };
  const [e, f, g, h] = turn(1);
  const [xx, xy, , yy] = product(weight, [e, g, f, h]);
  const way = Math.atan2(2 * xy, xx - yy) / 2;
  const large = (xx + yy) / 2 + hypot((xx - yy) / 2, xy);
  const small = abs(a * d - b * c) / large || 0;
  const grown = (size, share) => (size > LEAST_SIZE * large ? size ** share : 1 - share + share * size);
  const stretch = (share) => stretched(way, grown(large, share), grown(small, share));
  const by = (matrix) => (place) => apply(matrix, place);
  return [
    { name: isMirror ? "mirrored (turned over)" : "turned", at: (share) => by(turn(share)) },
    { name: "stretched", at: (share) => by(stretch(share)) },
    { name: "shifted", at: (share) => (place) => add(place, bias, share) },
  ];
}

// The steps of layers of two units, from a plane that is divided by a scale: linear ones, of which
// none follows another, and activation functions. A single feature is the line y = 0 of that plane.
function stepsOf({ w, leading, plane, shape: { mean, spread } }, scale) {
  const across = [0, 1].map((k) => 1 / (spread[k] ?? 1));
  const steps = [{ weight: [scale[0] * across[0], 0, 0, scale[1] * across[1]], bias: across.map((size, k) => -size * (mean[k] ?? 0)) }];
  const join = ({ weight, bias }) => {
    const { weight: first, bias: start } = steps.at(-1).weight ? steps.pop() : { weight: [1, 0, 0, 1], bias: [0, 0] };
    steps.push({ weight: product(weight, first), bias: add(apply(weight, start), bias) });
  };
  leading.forEach(({ at, bias, inputs, value, sign }, layer) => {
    const weight = inputs === 1 ? [w[at], 0, w[at + 1], 0] : w.subarray(at, at + 4);
    join({ weight, bias: w.subarray(bias, bias + 2) });
    if (sign) steps.push({ sign, value, layer });
  });
  if (!steps.at(-1).sign) join(plane.whitened);
  return steps;
}

export class Bend {
  // stages: of the bend of a network at an epoch, from the plane of a rectangle.
  // stops: of each state of the network the number of stages before it, its name, a shorter one, the
  // names of its axes, and the number of its layer. isFlat: whether nothing folds on the way. isLine:
  // whether the plane is the axis of a single feature. scale: what features are divided by, so that
  // their plane is a square.
  constructor(network, [left, bottom, right, top], isLine) {
    const sides = [right - left, isLine ? right - left : top - bottom];
    const isFlat = network.plane.whitened && network.leading.every(({ units }) => units === 2);
    Object.assign(this, { isFlat, isLine, stages: [], stops: [], scale: sides.map((side) => side / min(...sides)) });
    this.add({ text: "x" }, []);
    const last = network.leading.length - 1;
    if (isFlat) return this.addSteps(stepsOf(network, this.scale), last);
    const image = ([x, y]) => network.image([x * this.scale[0], y * this.scale[1]]);
    this.add({ text: "h", layer: last }, [{ name: "blended in", at: (share) => (place) => blend(place, image(place), share) }]);
  }

  // Add stages, and the state to which they lead.
  add({ text, short = text, labels = [], layer = 0 }, stages) {
    this.stages.push(...stages);
    this.stops.push({ at: this.stages.length, text, short, labels, layer });
  }

  addSteps(steps, last) {
    const isDeep = steps.filter(({ weight }) => weight).length > 1;
    const labels = (of) => ["₁", "₂"].map(of);
    let [number, input, sum] = [0, "x", ""];
    steps.forEach((step, k) => {
      const { sign, value, layer = steps[k + 1]?.layer ?? last } = step;
      if (sign) {
        const [text, stage] = [`${sign}(${sum})`, { name: `bent by ${sign}`, at: (share) => (place) => blend(place, place.map(value), share) }];
        input = "h";
        return this.add({ text, short: isDeep ? sign : text, labels: labels((k) => `h${k}`), layer }, [stage]);
      }
      number += 1;
      const [turn, stretch, shift] = linearStages(step);
      const [linear, bias] = [`W${isDeep ? subscript(number) : ""}${input}`, `b${isDeep ? subscript(number) : ""}`];
      sum = `${linear} + ${bias}`;
      this.add({ text: linear, labels: labels((k) => `w${k} · ${input}`), layer }, [turn, stretch]);
      this.add({ text: sum, short: isDeep ? `+ ${bias}` : sum, labels: labels((k) => `z${k} = w${k} · ${input} + b${k}`), layer }, [shift]);
    });
  }

  // How many stages are done when a share of the way from stop to stop is, and the share of the next.
  moment(share) {
    const way = share * (this.stops.length - 1);
    const [from, to] = [this.stops[floor(way)], this.stops[ceil(way)]];
    const done = round((from.at + (way % 1) * (to.at - from.at)) * 1e9) / 1e9;
    return [floor(done), done % 1];
  }

  // The map of points to their places when a share of the bend is done.
  at(share) {
    const [done, rest] = this.moment(share);
    const moves = this.stages.slice(0, done).map(({ at }) => at(1));
    if (rest) moves.push(this.stages[done].at(rest));
    const [sx, sy] = this.scale;
    return ([x, y]) => moves.reduce((place, move) => move(place), [x / sx, this.isLine ? 0 : y / sy]);
  }
}
