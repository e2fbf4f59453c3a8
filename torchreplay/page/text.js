// Numbers and names as text, elements made of text, which is never markup, and lists of numbers.

import { bytesOf } from "./base64.js";

export const $ = (id) => document.getElementById(id);
export const range = (count, of = (k) => k) => Array.from({ length: count }, (_, k) => of(k));
export const shorten = (name, most = 24) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
export const raised = (power) => power.replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)] ?? "");

// The numbers that are encoded as base64.
export const decode = (text, Kind = Float32Array) => new Kind(bytesOf(text).buffer);

// A number to some decimals, or to three digits or more where those would not show it: as JavaScript
// reads it, and as people do.
export function digitsOf(value, decimals = 4) {
  const size = Math.abs(value);
  const isPlain = value === 0 || (size >= 10 ** -decimals && size < 1e5);
  return isPlain ? value.toFixed(decimals) : value.toExponential(Math.max(2, decimals - 2));
}

export function pretty(digits) {
  const [mantissa, power] = digits.split("e");
  return (power ? `${mantissa}·10${raised(power)}` : mantissa).replace("-", "−");
}

export const format = (value, decimals) => pretty(digitsOf(value, decimals));

// A round number, as short as it is.
export function brief(value) {
  const [rounded, size] = [Number(value.toPrecision(9)), Math.abs(value)];
  return pretty(value === 0 || (size >= 1e-3 && size < 1e5) ? String(rounded) : rounded.toExponential());
}

export function element(tag, className = "", ...children) {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(...children);
  return made;
}
