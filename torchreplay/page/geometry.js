// Places are pairs [x, y], curves arrays of places, and rectangles [left, bottom, right, top]. Points
// and what is drawn are flat arrays x, y, x, y.

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
export const between = (a, b, share) => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
export const distance = (a, b) => Math.hypot(b[0] - a[0], b[1] - a[1]);
export const pairAt = (places, n) => places.slice(2 * n, 2 * n + 2);
export const pairs = (places) => Array.from({ length: places.length / 2 }, (_, n) => pairAt(places, n));
export const corners = ([l, b, r, t]) => [[l, b], [r, b], [r, t], [l, t], [l, b]];
