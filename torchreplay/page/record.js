// The runs of the page, and the one that is shown: how training went, on which points, and its
// network. A ghost is another run, of which boundary and loss are drawn for comparison.

import { ceil, max } from "./geometry.js";
import { Network } from "./network.js";
import { makeTask } from "./task.js";
import { $, decode, format, range, shorten } from "./text.js";

export const runs = readRuns(JSON.parse($("data").textContent));
export let run, ghost;
export let data, names, classes, planes, epochs, last, curves, task, points, network;
export let ofClasses; // accuracies: at each epoch, of each class
choose(runs[0]);

// Make a run the one that is shown, or note that it has grown.
export function choose(chosen, other = null) {
  [run, ghost] = [chosen, other];
  ({ data, names, classes, planes, epochs, curves, task, points, network, ofClasses } = run);
  last = epochs.length - 1;
}

// The runs that a record carries: of each but the first what differs, which may be like another one's.
function readRuns({ runs = [{}], ...first }) {
  const records = [];
  for (const { own = {}, like = {} } of runs) {
    records.push(merged(first, own));
    for (const key in like) records.at(-1)[key] = records[like[key]][key];
  }
  const read = new Map(); // points that runs share
  return records.map((record) => readRun(record, read));
}

function merged(one, other) {
  const isTable = (value) => value?.constructor === Object;
  if (!isTable(one) || !isTable(other)) return other;
  return { ...one, ...Object.fromEntries(Object.entries(other).map(([key, value]) => [key, merged(one[key], value)])) };
}

function readRun(record, read) {
  const { names, classes, planes } = record; // classes: none in regression
  const task = makeTask(record.task);
  if (!read.has(record.points)) read.set(record.points, readPoints(record, task));
  return {
    data: record, names, classes, planes, task,
    name: record.name ?? "",
    points: read.get(record.points),
    epochs: range(ceil(record.last / record.every), (k) => k * record.every).concat(record.last),
    curves: record.curves.map((curve) => ({ ...curve, values: decode(curve.values) })),
    network: record.network && new Network(record.network, decode(record.parameters), task),
    ofClasses: decode(record.of_classes),
  };
}

// Take what the record of a run has become, as training went on.
export function regrow(run, grown) {
  const read = new Map([[run.data.points, run.points]]);
  Object.assign(run, readRun({ ...run.data, ...grown }, read), { source: null, isGrown: true });
}

function readPoints({ points: kept, names, classes, is_graph: isGraph }, task) {
  const x = decode(kept.x);
  const d = names.length;
  const rows = range(kept.count, (n) => x.subarray(n * d, n * d + d));
  const bits = (text) => {
    const packed = decode(text, Uint8Array);
    return Uint8Array.from(rows, (_, n) => (packed[n >> 3] >> n % 8) & 1);
  };
  const label = classes.length === 2 ? bits(kept.label) : decode(kept.label, task.criterion ? Float32Array : Uint8Array);
  return makePoints(rows, label, bits(kept.held), task, isGraph);
}

// Points: their rows of features, their labels, which are held out, and their ids, which stay when
// others are deleted.
export function makePoints(rows, label, held, task, isGraph, ids = range(rows.length)) {
  return {
    count: rows.length, label, held, ids,
    group: Array.from(label, (value) => (task.criterion ? task.area([value]) : value)), // the area of each
    trained: [...rows.keys()].filter((n) => !held[n]),
    plane: isGraph ? rows.flatMap(([across], n) => [across, label[n]]) : rows[0]?.length === 2 && Float64Array.from(rows.flatMap((row) => [...row])),
    at: (n) => rows[n],
  };
}

const areNumbers = () => classes.every((name, k) => name === String(k));
export const classWord = (k) => shorten(areNumbers() ? `class ${k}` : classes[k], 12);

// The last epoch of all runs, and the number of that epoch of a run which is nearest to another.
export const horizon = () => max(...[...runs, run].map((one) => one.horizon ?? one.epochs.at(-1)));
export function nearest({ epochs }, epoch) {
  const k = max(epochs.findLastIndex((one) => one <= epoch), 0);
  return epochs[k + 1] - epoch < epoch - epochs[k] ? k + 1 : k;
}

// What an epoch is called (training may count steps of another name), and how it went.
export const called = (index, of = run) => `${data.label} ${of.epochs[of === run ? index : nearest(of, epochs[index])]}`;
export const measured = (index, { curves } = run) =>
  curves.map(({ name, values }) => {
    const value = values[index];
    return [name, name.endsWith("accuracy") ? `${(100 * value).toFixed(2)} %` : format(value)];
  });
export const outcome = (index) => {
  const parts = measured(index).map(([, text], k) => `${curves[k].word} ${text}`);
  return `${run.name ? `${run.name}, ${data.label}` : data.Label} ${epochs[index]}: ${parts.join(", ")}`;
};
