// Numbers in formulas, with as many digits as it takes: whoever computes with what is shown gets the
// result that is shown.

import { floor } from "./geometry.js";
import { digitsOf, format, pretty, range } from "./text.js";

const MOST_DECIMALS = 12; // with more, rounding in double precision is seen

// The text of a formula: `write` of the texts of some values. They have the fewest decimals, `least`
// or more, with which `compute` gives the result as it is shown. Nothing if `most` are too few.
export function worked(result, values, compute, write, least = 2, most = MOST_DECIMALS) {
  const shown = format(result);
  for (let decimals = least; decimals <= most; decimals++) {
    const digits = values.map((value) => digitsOf(value, decimals));
    if (format(compute(digits.map(Number))) === shown) return write(digits.map(pretty));
  }
  return "";
}

// A number in the middle of a formula: no two signs stand beside each other.
export const inside = (text) => (text.startsWith("−") ? `(${text})` : text);

// A number as one, before a square or after a fraction bar: without a sign or a product.
export const alone = (text) => (/^−|·/.test(text) ? `(${text})` : text);

// The sum of the products of the first half of some values and the second, and of one that is left.
export const sumOf = (values) => paired(values, (a, b) => a * b).reduce((sum, term) => sum + term, 0);
export const sumText = (texts) => paired(texts, (a, b) => `${a}·${inside(b)}`).join(" + ").replace(/\+ −/g, "− ");

function paired(values, of) {
  const half = floor(values.length / 2);
  return range(half, (k) => of(values[k], values[half + k])).concat(values.slice(2 * half));
}
