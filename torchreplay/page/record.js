// The record that the page carries: how training went, on which points, and its network.

import { ceil } from "./geometry.js";
import { Network } from "./network.js";
import { $, decode, format, range } from "./text.js";

export const data = JSON.parse($("data").textContent);
export const { names, classes, planes } = data;
export const epochs = range(ceil(data.last / data.every), (k) => k * data.every).concat(data.last);
export const last = epochs.length - 1;
export const curves = data.curves.map((curve) => ({ ...curve, values: decode(curve.values) }));
export const points = readPoints(data.points);
export const network = data.network && new Network(data.network, decode(data.parameters));

function readPoints(kept) {
  const x = decode(kept.x);
  const d = names.length;
  const rows = range(kept.count, (n) => x.subarray(n * d, n * d + d));
  const [label, held] = [kept.label, kept.held].map((text) => {
    const bits = decode(text, Uint8Array);
    return Uint8Array.from(rows, (_, n) => (bits[n >> 3] >> n % 8) & 1);
  });
  const trained = [...rows.keys()].filter((n) => !held[n]);
  return { ...kept, label, held, trained, plane: d === 2 && x, at: (n) => rows[n] };
}

// What an epoch is called (training may count steps of another name), and how it went.
export const called = (index) => `${data.label} ${epochs[index]}`;
export const measured = (index) =>
  curves.map(({ name, values }) => {
    const value = values[index];
    return [name, name.endsWith("loss") ? format(value) : `${(100 * value).toFixed(2)} %`];
  });
export const outcome = (index) => {
  const parts = measured(index).map(([name, text]) => `${name.replace("out-", "out ")} ${text}`);
  return `${data.Label} ${epochs[index]}: ${parts.join(", ")}`;
};
