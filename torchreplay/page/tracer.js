// Pieces of the curves around areas, joined to whole curves.

import { max } from "./geometry.js";
import { range } from "./text.js";

export class Tracer {
  ways = []; // of each area: from a vertex to { next, other }, with the area to the left, `other` right

  add(area, from, next, other) {
    const ways = (this.ways[area] ??= new Map());
    const step = { next, other };
    ways.get(from)?.push(step) ?? ways.set(from, [step]);
  }

  // Join what is crossed on the rim of a cell, anticlockwise: each to the one before, or all to a
  // place in the middle.
  join(found, middle) {
    found.forEach(({ place, from, to }, k) => {
      const after = found[(k + 1) % found.length];
      if (!middle) return this.add(to, after.place, place, from);
      this.add(to, after.place, middle, after.to);
      this.add(to, middle, place, from);
    });
  }

  // Close the areas along the rim of the whole, of which corners and crossings are given in order.
  close(rim) {
    rim.forEach(({ place, to }, k) => this.add(to, place, rim[(k + 1) % rim.length].place, -1));
  }

  // The curves around some areas, and between them.
  curves(areas) {
    const [boundary, others] = [[], []];
    const regions = range(areas, (area) => {
      const ways = this.ways[area] ?? [];
      const closed = [];
      for (const [start, left] of ways) {
        while (left.length) {
          const steps = this.around(ways, start);
          closed.push([start, ...steps.map(({ next }) => next)]);
          for (const { other, piece } of this.between(area, start, steps)) boundary.push(piece) && others.push(other);
        }
      }
      return closed;
    });
    return { regions, boundary, others };
  }

  // The steps from a vertex until they come back to it.
  around(ways, start) {
    const steps = [];
    do steps.push(ways.get(steps.at(-1)?.next ?? start).pop());
    while (steps.at(-1).next !== start);
    return steps;
  }

  // The pieces of a closed curve beyond which areas of larger numbers lie.
  between(area, start, steps) {
    const places = [start, ...steps.map(({ next }) => next)];
    const first = max(steps.findIndex(({ other }, k) => other !== steps.at(k - 1).other), 0);
    const pieces = [];
    let last = -1;
    for (let k = 0; k < steps.length; k++) {
      const at = (first + k) % steps.length;
      const { next, other } = steps[at];
      if (other > area && other !== last) pieces.push({ other, piece: [places[at]] });
      if (other > area) pieces.at(-1).piece.push(next);
      last = other;
    }
    return pieces;
  }
}
