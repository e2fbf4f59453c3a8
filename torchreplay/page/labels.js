// The numbers at level lines, and the lines of units with their equations.

import { abs, between, clamp, distance, max, pairAt, pairs } from "./geometry.js";
import { brief, range } from "./text.js";

const ROOM = 28; // pixels between two numbers, at least
const PARTS = 8; // into which a piece of a line is divided, to find a place on it

// The number of each level, at that place of its lines which is nearest to the middle of a square:
// texts. One that would touch another is left out.
// curves: flat arrays of pixels; levels: those of the curves; [left, top, side]: the square.
export function levelLabels(curves, levels, [left, top, side], look) {
  const middle = [left + side / 2, top + side / 2];
  const isWithin = ([x, y]) => max(abs(x - middle[0]), abs(y - middle[1])) < side / 2 - 14;
  const found = [];
  for (const level of new Set(levels)) {
    const lines = curves.filter((_, k) => levels[k] === level).map(pairs);
    const places = lines.flatMap((line) => line.slice(1).flatMap((end, k) => range(PARTS, (part) => between(line[k], end, part / PARTS))));
    const isFree = (place) => isWithin(place) && found.every(({ at }) => distance(at, place) > ROOM);
    const away = (place) => distance(place, middle);
    const [at] = places.filter(isFree).sort((one, other) => away(one) - away(other));
    if (at) found.push({ at, text: brief(level), x: at[0], y: at[1] + 4, size: 12, ...look });
  }
  return found;
}

// The lines of units, { curves, text }, each of a color of its own, with its equation beside a free end.
export function lineShapes(lines, [left, top, side], { units, paper: halo }) {
  const taken = [];
  const beside = (curve, at, next) => {
    const [[x, y], [u, v]] = [pairAt(curve, at), pairAt(curve, next)];
    const isAcross = abs(u - x) > abs(v - y);
    return [clamp(x + (isAcross ? 0 : 26), left + 24, left + side - 24), clamp(y - (isAcross ? 8 : 0), top + 14, top + side - 6)];
  };
  const labels = lines.map(({ curves, text }, k) => {
    const ends = curves.flatMap((curve) => [beside(curve, curve.length / 2 - 1, curve.length / 2 - 2), beside(curve, 0, 1)]);
    const [x, y] = ends.find((end) => taken.every((other) => distance(end, other) > ROOM)) ?? ends[0] ?? [];
    taken.push([x, y]);
    return { text: ends.length ? text : "", x, y, fill: units[k], halo };
  });
  const drawn = lines.flatMap(({ curves }, k) => [{ curves, stroke: halo, width: 4 }, { curves, stroke: units[k], width: 2 }]);
  return [...drawn, ...labels];
}
