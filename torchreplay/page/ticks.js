// The numbers at an axis: round ones, whose texts are short and do not touch each other.

import { abs, ceil, floor, max } from "./geometry.js";
import { FONT } from "./shapes.js";
import { raised, range } from "./text.js";

const ROOM = 41; // pixels of a text, at most
const GAP = 8; // pixels between two texts, at least
const pen = document.createElement("canvas").getContext("2d");
pen.font = `13px ${FONT}`;

export const widthOf = (text) => pen.measureText(text).width;

// Round numbers within [low, high], not more than a number given.
function ticks(low, high, most) {
  const least = (high - low) / most;
  const power = 10 ** floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= least * 0.999);
  const first = ceil(low / step - 1e-6);
  const count = floor(high / step + 1e-6) - first + 1;
  return range(count, (k) => Number(((first + k) * step).toPrecision(12)));
}

// The numbers of an axis of some pixels: { values, texts, note }. The note belongs to the name of the
// axis: from there a number may be counted, and in thousands, millionths and so on.
export function scaleOf(low, high, side, isAcross) {
  for (let most = side < 330 ? 5 : 10; ; most--) {
    const values = ticks(low, high, most);
    const forms = formsOf(values);
    const { texts, note } = forms.find((form) => form.texts.every((text) => widthOf(text) <= ROOM)) ?? forms.at(-1);
    const room = ((values[1] - values[0]) / (high - low)) * side;
    if (most < 3 || !isAcross || !(room < max(...texts.map(widthOf)) + GAP)) return { values, texts, note };
  }
}

// The ways to write numbers, the plainest first.
function formsOf(values) {
  const thousands = (value) => (value > 0 ? 3 * floor(Math.log10(value) / 3) : 0);
  const [base, most] = [values[0], max(...values.map(abs))];
  return [[0, 0], [0, thousands(most)], [base, thousands(values.at(-1) - base)]].map(([from, power]) => {
    const write = (value) => String(Number(value.toPrecision(9))).replace("-", "−");
    const texts = values.map((value) => write((value - from) / 10 ** power));
    const start = from && ` ${from < 0 ? "+" : "−"} ${write(abs(from))}`;
    return { texts, note: (start || "") + (power ? ` (×10${raised(String(power))})` : "") };
  }).filter(({ texts }) => !texts.some((text) => text.includes("e")));
}
