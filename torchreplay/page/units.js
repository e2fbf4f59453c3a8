// What each hidden unit makes of the input plane: the line on which its input z is zero, in both spaces.

import { inPieces, partSeen } from "./folds.js";
import { corners } from "./geometry.js";
import { partition } from "./partition.js";
import { halve, mapCurve } from "./scene.js";
import { range } from "./text.js";

export const MOST_LINES = 4; // units of a layer whose lines are drawn
const ZERO_STEPS = 64; // of the mesh in which curves are searched

// Whether the lines of a network are drawn: the last hidden layer has few units.
export const hasLines = (network) => network?.hidden.at(-1)?.units <= MOST_LINES;

// The curves of a rectangle of the input plane on which z of a unit is zero. Those of the first layer are
// straight.
function search(network, layer, unit, rect, steps) {
  const { w, stages, shape: { mean, spread } } = network;
  const { at, bias, inputs } = stages[layer];
  if (layer === 0 && inputs === 2) {
    const [v1, v2] = [0, 1].map((k) => w[at + 2 * unit + k] / spread[k]);
    return halve([corners(rect)], [v1, v2, w[bias + unit] - v1 * mean[0] - v2 * mean[1]]).boundary;
  }
  const leading = stages.slice(0, layer + 1);
  const z = (place) => (network.forward(place, leading), stages[layer].z[unit]);
  return partition((place) => [0, z(place)], rect, steps).boundary;
}

// The same, kept for the epoch.
export const zerosOf = (source, layer, unit, rect, steps = ZERO_STEPS) =>
  source.memo([layer, unit, steps, rect].join(), () => search(source.network, layer, unit, rect, steps));

// Of each unit of the layer that is shown { curves, text }: its line in a view of a space, and its equation.
// There are none if the layer has many units.
export function zeroLines(source, space, view, pixel) {
  const { network, planes, isGraph, shown: { layer, image, isBent } } = source;
  const { units = 0, symbols, sums, value } = network.hidden[layer] ?? {};
  if (units > MOST_LINES) return [];
  const isPlain = space === "feature" && !isBent && network.plane.zeros;
  const named = (all) => all.map((curves, k) => ({ curves, text: isPlain ? `${symbols[k]} = ${value(0) ? "½" : 0}` : `${sums[k]} = 0` }));
  const inPlane = (rect) => range(units, (unit) => zerosOf(source, layer, unit, rect));
  if (space === "input") return named(inPlane(view));
  if (isGraph || !planes.input) return isPlain ? named(network.plane.zeros(value(0)).map((line) => halve([corners(view)], line).boundary)) : [];
  const part = partSeen(image, planes.input.rect, view);
  return named(inPlane(part).map((curves) => curves.map((curve) => mapCurve(image, inPieces(curve, part), view, pixel))));
}
