// The zeros of a function between places.

import { abs, between, clamp } from "./geometry.js";

export const NEAR_ZERO = 1e-9;

// Where f ceases to be positive between two places at which it has the values u > 0 and v <= 0: by
// secants, and by bisection where secants are slow. An area where f is 0 ends at its rim.
export function zeroOf(f, a, b, u, v) {
  let [s, t] = [0, 1];
  for (let trial = 0; trial < 60 && t - s > 1e-15; trial++) {
    const share = trial % 3 === 2 ? 0.5 : clamp(u / (u - v) || 0.5, 0.001, 0.999);
    const r = s + share * (t - s);
    const w = f(between(a, b, r));
    if (abs(w) < NEAR_ZERO && abs(w) > Number.MIN_VALUE) return between(a, b, r);
    if (w > 0) [s, u] = [r, w];
    else [t, v] = [r, w];
  }
  return between(a, b, t);
}
