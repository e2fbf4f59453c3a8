// Places are pairs [x, y], curves arrays of places, and rectangles [left, bottom, right, top]. Points
// and what is drawn are flat arrays x, y, x, y.

import { range } from "./text.js";

export const { abs, ceil, floor, hypot, max, min, round } = Math;
export const clamp = (value, low, high) => min(max(value, low), high);
export const between = (a, b, share) => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
export const distance = (a, b) => hypot(b[0] - a[0], b[1] - a[1]);
export const pairAt = (places, n) => places.slice(2 * n, 2 * n + 2);
export const pairs = (places) => range(places.length / 2, (n) => pairAt(places, n));
export const corners = ([l, b, r, t]) => [[l, b], [r, b], [r, t], [l, t], [l, b]];
