// What is changed in a fork: its points, and the text of all changes in a link.

import { makePoints } from "./record.js";
import { range } from "./text.js";

const LONGEST = 8000; // characters of an address that programs pass on

// Points after `act` has changed a list of them: { id, row, label, held }. Their ids stay.
export function edited({ task, data }, points, act) {
  const all = range(points.count, (n) => ({ id: points.ids[n], row: points.at(n), label: points.label[n], held: points.held[n] }));
  act(all);
  const [ids, rows, label, held] = ["id", "row", "label", "held"].map((name) => all.map((one) => one[name]));
  return makePoints(rows, label, held, task, data.is_graph, ids);
}

const short = (value) => String(value).replace("+", ""); // a plus would be read as a blank
const joined = (values) => [...values].map(short).join(":");

// The text of a fork, from which it can be made again; "" if it is too long.
export function forkText({ base, rate, weights, points, epochs: [epoch] }) {
  const parts = [epoch, `r${short(rate)}`];
  const start = base.epochs.includes(epoch) && base.network.parametersAt(base.epochs.indexOf(epoch));
  const other = [...weights.keys()].filter((at) => !start || weights[at] !== start[at]);
  if (start) parts.push(...other.map((at) => `w${at}:${short(weights[at])}`));
  else parts.push(`p${joined(weights)}`);
  const places = new Map(points.ids.map((id, n) => [id, n]));
  for (let id = 0; id < base.points.count; id++) {
    const n = places.get(id);
    if (n === undefined) parts.push(`d${id}`);
    else if (points.at(n) !== base.points.at(id)) parts.push(`m${id}:${joined(points.at(n))}`);
    if (n !== undefined && points.label[n] !== base.points.label[id]) parts.push(`l${id}:${short(points.label[n])}`);
  }
  points.ids.forEach((id, n) => id >= base.points.count && parts.push(`a${joined(points.at(n))}:${short(points.label[n])}`));
  const text = parts.join("~");
  return text.length > LONGEST ? "" : text;
}

// What `makeFork` needs, read from such a text; null if it is none for this run.
export function readFork(text, base) {
  const { network, points, task, epochs, names } = base;
  const [first, ...parts] = text.split("~");
  const epoch = Number(first);
  const isEpoch = Number.isInteger(epoch) && epoch >= 0 && epoch <= 1e9;
  const isLabel = (value) => Boolean(task.criterion) || (Number.isInteger(value) && value >= 0 && value < base.classes.length);
  const start = epochs.includes(epoch) && network.parametersAt(epochs.indexOf(epoch));
  const spec = { epoch, rate: NaN, weights: start ? Float64Array.from(start) : [] };
  const deleted = new Set();
  const known = {
    r: (all, [rate]) => all.length === 1 && rate > 0 && (spec.rate = rate),
    w: (all, [at, value]) => all.length === 2 && at in spec.weights && ((spec.weights[at] = value), true),
    p: (all) => all.length === network.count && (spec.weights = Float64Array.from(all)),
    l: (all, [id, label], list) => all.length === 2 && id in points.ids && isLabel(label) && ((list[id].label = label), true),
    m: (all, [id, ...row], list) => id in points.ids && row.length === names.length && (list[id].row = row),
    d: (all, [id]) => all.length === 1 && id in points.ids && deleted.add(id),
    a: (all, row, list) => isLabel(row.at(-1)) && row.length === names.length + 1 && list.push({ id: list.length, row: row.slice(0, -1), label: row.at(-1), held: 0 }),
  };
  let isRead = isEpoch;
  const changed = edited(base, points, (list) => {
    for (const part of parts) {
      const numbers = part.slice(1).split(":").map((word) => (word ? Number(word) : NaN));
      isRead &&= numbers.every(Number.isFinite) && Object.hasOwn(known, part[0]) && Boolean(known[part[0]](numbers, numbers, list));
    }
    list.splice(0, Infinity, ...list.filter(({ id }) => !deleted.has(id)));
  });
  spec.points = parts.some(([kind]) => "lmda".includes(kind)) ? changed : points;
  const isWhole = isRead && spec.rate > 0 && spec.weights.length === network.count && changed.trained.length;
  return isWhole ? spec : null;
}
