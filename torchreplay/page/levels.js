// Where a function of the plane is zero: by marching squares, coarse first, exact at every vertex.

const FINE = 128; // steps of the mesh along either axis
const BLOCK = 4; // of them are a step of the coarse mesh

// The area in which f(x, y) >= 0, within a rectangle [left, bottom, right, top].
// Returns closed curves around it, holes the other way round, and the parts of them that do not run
// along the rim: flat arrays x, y, x, y. `pixel` is the size of one, across and up, and `steps` how
// many the mesh has along either axis; `values` are those of the mesh that are known, or NaN.
export function levelSet(f, rect, pixel, steps = FINE, values = null) {
  const [left, bottom, right, top] = rect;
  const side = steps + 3; // mesh points along either axis, with one beyond either end
  const inside = (k) => Math.min(Math.max(k, 0), steps);
  const x = Array.from({ length: side }, (_, i) => left + (inside(i - 1) / steps) * (right - left));
  const y = Array.from({ length: side }, (_, j) => bottom + (inside(j - 1) / steps) * (top - bottom));
  values ??= new Float64Array(side * side).fill(NaN);
  const beyond = (i, j) => i < 1 || j < 1 || i > steps + 1 || j > steps + 1;

  const value = (i, j) => {
    const at = j * side + i;
    if (values[at] !== values[at]) values[at] = beyond(i, j) ? -Infinity : f(x[i], y[j]);
    return values[at];
  };

  // An edge of the mesh leads right (even) or up (odd) from a mesh point.
  const follows = new Int32Array(2 * side * side).fill(-1);
  const edges = [];
  const connect = (from, to) => {
    follows[from] = to;
    edges.push(from);
  };

  // Connect the crossed edges of a cell, the area to the left; tells which sides are crossed.
  const march = (i, j) => {
    const [a, b, c, d] = [value(i, j), value(i + 1, j), value(i + 1, j + 1), value(i, j + 1)];
    const kind = (a >= 0) + 2 * (b >= 0) + 4 * (c >= 0) + 8 * (d >= 0);
    if (kind === 0 || kind === 15) return 0;
    const at = 2 * (j * side + i);
    const [south, east, north, west] = [at, at + 3, at + 2 * side, at + 1];
    const joined = (kind === 5 || kind === 10) && f((x[i] + x[i + 1]) / 2, (y[j] + y[j + 1]) / 2) >= 0;
    const ways = {
      1: [[south, west]], 2: [[east, south]], 3: [[east, west]], 4: [[north, east]],
      6: [[north, south]], 7: [[north, west]], 8: [[west, north]], 9: [[south, north]],
      11: [[east, north]], 12: [[west, east]], 13: [[south, east]], 14: [[west, south]],
      5: joined ? [[south, east], [north, west]] : [[south, west], [north, east]],
      10: joined ? [[east, north], [west, south]] : [[east, south], [west, north]],
    }[kind];
    for (const [from, to] of ways) connect(from, to);
    return kind;
  };

  // Blocks that the zeros cross, or near which they may hide; from there the curves are followed.
  const blocks = steps / BLOCK;
  const seen = new Uint8Array(blocks * blocks);
  const waiting = [];
  const visit = (p, q) => {
    if (p < 0 || q < 0 || p >= blocks || q >= blocks || seen[q * blocks + p]) return;
    seen[q * blocks + p] = 1;
    waiting.push(p, q);
  };
  for (let q = 0; q < blocks; q++) {
    for (let p = 0; p < blocks; p++) {
      const [i, j] = [1 + p * BLOCK, 1 + q * BLOCK];
      const a = value(i, j), b = value(i + BLOCK, j);
      const c = value(i + BLOCK, j + BLOCK), d = value(i, j + BLOCK);
      const low = Math.min(a, b, c, d), high = Math.max(a, b, c, d);
      if ((low >= 0) !== (high >= 0) || Math.min(Math.abs(low), Math.abs(high)) < high - low) {
        visit(p, q);
      }
    }
  }
  while (waiting.length) {
    const q = waiting.pop(), p = waiting.pop();
    for (let j = 0; j < BLOCK; j++) {
      for (let i = 0; i < BLOCK; i++) {
        const kind = march(1 + p * BLOCK + i, 1 + q * BLOCK + j);
        if (!kind) continue;
        const [a, b, c, d] = [kind & 1, (kind >> 1) & 1, (kind >> 2) & 1, (kind >> 3) & 1];
        if (i === 0 && a !== d) visit(p - 1, q);
        if (i === BLOCK - 1 && b !== c) visit(p + 1, q);
        if (j === 0 && a !== b) visit(p, q - 1);
        if (j === BLOCK - 1 && c !== d) visit(p, q + 1);
      }
    }
  }
  for (let k = 0; k <= steps + 1; k++) {
    march(k, 0);
    march(k, steps + 1);
    if (k > 0 && k < steps + 1) {
      march(0, k);
      march(steps + 1, k);
    }
  }

  // The vertex of an edge, and whether it stands at the rim because the plane ends there.
  const vertex = (edge) => {
    const at = edge >> 1;
    const [i, j] = [at % side, Math.floor(at / side)];
    const [m, n] = edge & 1 ? [i, j + 1] : [i + 1, j];
    if (beyond(i, j)) return [x[m], y[n], true];
    if (beyond(m, n)) return [x[i], y[j], true];
    return [...zeroOf(f, x[i], y[j], x[m], y[n], value(i, j), value(m, n)), false];
  };

  const region = [];
  const boundary = [];
  for (const first of edges) {
    if (follows[first] < 0) continue;
    const curve = [];
    for (let edge = first; follows[edge] >= 0; ) {
      const next = follows[edge];
      follows[edge] = -1;
      curve.push(vertex(edge));
      edge = next;
    }
    finish(curve, f, pixel, region, boundary);
  }
  return { region, boundary, values };
}

// The zero of f between two places, where it has the values u and v.
function zeroOf(f, ax, ay, bx, by, u, v) {
  let [s, t] = [0, 1];
  for (let round = 0; round < 60; round++) {
    const share = u - v && Number.isFinite(u - v) ? u / (u - v) : 0.5;
    const r = round % 3 === 2 ? (s + t) / 2 : s + Math.min(Math.max(share, 0.001), 0.999) * (t - s);
    const w = f(ax + r * (bx - ax), ay + r * (by - ay));
    if (Math.abs(w) < 1e-9 || t - s < 1e-15) return [ax + r * (bx - ax), ay + r * (by - ay)];
    if (w >= 0 === u >= 0) [s, u] = [r, w];
    else [t, v] = [r, w];
  }
  return [ax + t * (bx - ax), ay + t * (by - ay)];
}

// Add a closed curve of vertices to the region, and what of it is not rim to the boundary.
function finish(curve, f, pixel, region, boundary) {
  const start = Math.max(curve.findIndex((vertex) => vertex[2]), 0);
  const turned = [...curve.slice(start), ...curve.slice(0, start + 1)];
  const closed = [];
  let part = null;
  turned.forEach(([x, y, atRim], k) => {
    const before = turned[k - 1];
    const inner = before && !atRim && !before[2];
    if (inner) bend(f, before, [x, y], pixel, (...place) => [closed, part].forEach((c) => c.push(...place)), 3);
    else if (!atRim) boundary.push((part = []));
    closed.push(x, y);
    if (!atRim) part.push(x, y);
  });
  region.push(closed);
}

// Add the zeros between two of them, where the curve leaves the straight line by more than a tenth
// of a pixel.
function bend(f, [ax, ay], [bx, by], pixel, add, depth) {
  const [across, up] = [(bx - ax) / pixel[0], (by - ay) / pixel[1]];
  const length = Math.hypot(across, up);
  if (length < 1) return;
  const [nx, ny] = [(-up / length) * pixel[0], (across / length) * pixel[1]];
  const [mx, my] = [(ax + bx) / 2, (ay + by) / 2];
  const at = (r) => [mx + r * nx, my + r * ny];
  const reach = length / 2;
  const ends = [f(...at(-reach)), f(...at(reach))];
  if (ends[0] >= 0 === ends[1] >= 0) return;
  const middle = zeroOf(f, ...at(-reach), ...at(reach), ...ends);
  const away = Math.hypot((middle[0] - mx) / pixel[0], (middle[1] - my) / pixel[1]);
  if (away < 0.1) return;
  if (depth) bend(f, [ax, ay], middle, pixel, add, depth - 1);
  add(...middle);
  if (depth) bend(f, middle, [bx, by], pixel, add, depth - 1);
}
