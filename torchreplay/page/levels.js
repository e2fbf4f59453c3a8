// Where a function of the plane is zero: followed through a mesh, and exact at every vertex.

const STEPS = 192; // of the mesh along either axis
const BLOCK = 6; // of them, in a block that is searched or left out

// The area in which f(x, y) >= 0, within a rectangle [left, bottom, right, top]. Returns `region`,
// closed curves that have it to their left, and `boundary`, the parts of them that do not run along
// the rim, as flat arrays x, y, x, y.
export function levelSet(f, [left, bottom, right, top], steps = STEPS) {
  const side = steps + 3; // mesh points along either axis, with one beyond either end
  const ways = [1, side, -1, -side]; // from a mesh point to its neighbors, anticlockwise
  const values = new Float64Array(side * side).fill(NaN);
  const seen = new Uint8Array(4 * side * side); // edges of the mesh, by mesh point and way
  const [region, boundary] = [[], []];
  const share = (k) => Math.min(Math.max(k - 1, 0), steps) / steps;
  const x = (point) => left + share(point % side) * (right - left);
  const y = (point) => bottom + share(Math.floor(point / side)) * (top - bottom);
  for (let k = 0; k < side; k++) {
    for (const end of [0, side - 1]) values[end * side + k] = values[k * side + end] = -Infinity;
  }

  const value = (point) => {
    if (Number.isNaN(values[point])) values[point] = f(x(point), y(point));
    return values[point];
  };
  const isIn = (point) => value(point) >= 0;

  // Where the zeros cross an edge, and whether they run along the rim there.
  const vertex = (inner, outer) =>
    value(outer) === -Infinity ? [x(inner), y(inner), true]
    : [...zeroOf(f, x(inner), y(inner), x(outer), y(outer), value(inner), value(outer)), false];

  // Follow the zeros from an edge that leads out of the area, until they come back to it.
  const follow = (inner, way) => {
    const curve = [];
    while (!seen[4 * inner + way]) {
      seen[4 * inner + way] = 1;
      const outer = inner + ways[way];
      curve.push(vertex(inner, outer));
      const forth = ways[(way + 1) % 4];
      const [a, b] = [inner + forth, outer + forth];
      const isJoined = () => f((x(inner) + x(b)) / 2, (y(inner) + y(b)) / 2) >= 0;
      if (isIn(b) && (isIn(a) || isJoined())) [inner, way] = [b, (way + 3) % 4];
      else if (isIn(a)) inner = a;
      else way = (way + 1) % 4;
    }
    if (curve.length) keep(curve);
  };

  const keep = (curve) => {
    const start = Math.max(curve.findIndex(([, , atRim]) => atRim), 0);
    const closed = [...curve.slice(start), ...curve.slice(0, start + 1)];
    region.push(closed.flatMap(([px, py]) => [px, py]));
    closed.forEach(([px, py, atRim], k) => {
      if (atRim) return;
      if (!k || closed[k - 1][2]) boundary.push([]);
      boundary.at(-1).push(px, py);
    });
  };

  const search = (point) => {
    if (isIn(point) !== isIn(point + 1)) follow(...(isIn(point) ? [point, 0] : [point + 1, 2]));
  };

  for (let j = 1; j <= steps + 1; j++) search(j * side); // the left rim
  for (let j = 1; j <= steps; j += BLOCK) {
    for (let i = 1; i <= steps; i += BLOCK) {
      const first = j * side + i;
      const corners = [0, BLOCK, BLOCK * side, BLOCK * (side + 1)].map((k) => value(first + k));
      const [low, high] = [Math.min(...corners), Math.max(...corners)];
      const isNear = Math.min(Math.abs(low), Math.abs(high)) < high - low; // zeros may hide in it
      if (low >= 0 === high >= 0 && !isNear) continue;
      for (let k = 0; k < BLOCK * BLOCK; k++) search(first + Math.floor(k / BLOCK) * side + (k % BLOCK));
    }
  }
  return { region, boundary };
}

// The zero of f between two places, where it has values u and v of unlike signs: by secants, and by
// halves where those are slow.
function zeroOf(f, ax, ay, bx, by, u, v) {
  let [s, t] = [0, 1];
  for (let round = 0; round < 60 && t - s > 1e-15; round++) {
    const share = round % 3 === 2 ? 0.5 : Math.min(Math.max(u / (u - v) || 0.5, 0.001), 0.999);
    const r = s + share * (t - s);
    const w = f(ax + r * (bx - ax), ay + r * (by - ay));
    if (w >= 0 === u >= 0) [s, u] = [r, w];
    else [t, v] = [r, w];
    if (Math.abs(w) < 1e-9) [s, t] = [r, r];
  }
  return [ax + t * (bx - ax), ay + t * (by - ay)];
}
