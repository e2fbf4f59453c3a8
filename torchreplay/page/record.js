// The record that the page carries: how training went, on which points, and what it made.

import { Network } from "./network.js";
import { Evaluation, Positions, decode } from "./source.js";
import { $, capital, format } from "./text.js";

export const data = JSON.parse($("data").textContent);
export const { names, classes, planes } = data;
export const epochs = Array.from({ length: Math.ceil(data.last / data.every) }, (_, k) => k * data.every).concat(data.last);
export const last = epochs.length - 1;
export const [loss, accuracy] = [data.loss, data.accuracy].map((text) => decode(text, Float32Array));
export const points = readPoints();
export const network = data.network && new Network(data.network, decode(data.parameters, Float32Array));
export const source = network
  ? new Evaluation(network, points, planes)
  : new Positions(data.positions, points, planes);

function readPoints() {
  const x = decode(data.points.x, Float32Array);
  const bits = decode(data.points.label, Uint8Array);
  const d = names.length;
  const count = x.length / d;
  const label = Uint8Array.from({ length: count }, (_, n) => (bits[n >> 3] >> n % 8) & 1);
  const rows = Array.from(label, (_, n) => x.subarray(n * d, n * d + d));
  return { count, label, plane: d === 2 ? x : null, at: (n) => rows[n] };
}

// What an epoch is called (training may count steps of another name), and how it went.
export const called = (index) => `${data.label} ${epochs[index]}`;
export const lossAt = (index) => format(loss[index]);
export const accuracyAt = (index) => `${(100 * accuracy[index]).toFixed(2)} %`;
export const outcome = (index) => `${capital(called(index))}: loss ${lossAt(index)}, accuracy ${accuracyAt(index)}`;
