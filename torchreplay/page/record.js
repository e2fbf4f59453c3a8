// The record that the page carries: how training went, on which points, and its network.

import { ceil } from "./geometry.js";
import { Network } from "./network.js";
import { makeTask } from "./task.js";
import { $, decode, format, range, shorten } from "./text.js";

export const data = JSON.parse($("data").textContent);
export const { names, classes, planes } = data; // classes: none in regression
export const epochs = range(ceil(data.last / data.every), (k) => k * data.every).concat(data.last);
export const last = epochs.length - 1;
export const curves = data.curves.map((curve) => ({ ...curve, values: decode(curve.values) }));
export const task = makeTask(data.task);
export const points = readPoints(data.points);
export const network = data.network && new Network(data.network, decode(data.parameters), task);
export const ofClasses = decode(data.of_classes); // accuracies: at each epoch, of each class

function readPoints(kept) {
  const x = decode(kept.x);
  const d = names.length;
  const rows = range(kept.count, (n) => x.subarray(n * d, n * d + d));
  const bits = (text) => {
    const packed = decode(text, Uint8Array);
    return Uint8Array.from(rows, (_, n) => (packed[n >> 3] >> n % 8) & 1);
  };
  const held = bits(kept.held);
  const label = classes.length === 2 ? bits(kept.label) : decode(kept.label, task.criterion ? Float32Array : Uint8Array);
  return {
    ...kept, label, held,
    group: Array.from(label, (value) => (task.criterion ? task.area([value]) : value)), // the area of each
    trained: [...rows.keys()].filter((n) => !held[n]),
    plane: data.is_graph ? rows.flatMap(([across], n) => [across, label[n]]) : d === 2 && x,
    at: (n) => rows[n],
  };
}

const areNumbers = classes.every((name, k) => name === String(k));
export const classWord = (k) => shorten(areNumbers ? `class ${k}` : classes[k], 12);

// What an epoch is called (training may count steps of another name), and how it went.
export const called = (index) => `${data.label} ${epochs[index]}`;
export const measured = (index) =>
  curves.map(({ name, values }) => {
    const value = values[index];
    return [name, name.endsWith("accuracy") ? `${(100 * value).toFixed(2)} %` : format(value)];
  });
export const outcome = (index) => {
  const parts = measured(index).map(([, text], k) => `${curves[k].word} ${text}`);
  return `${data.Label} ${epochs[index]}: ${parts.join(", ")}`;
};
