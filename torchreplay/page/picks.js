// What is pointed at, pinned or selected: its place, its P, and its description.

import { pairAt } from "./geometry.js";
import { crossEntropy, sigmoid } from "./network.js";
import { classes, data, names, network, planes, points } from "./record.js";
import { source } from "./source.js";
import { isWrong, spaces, state } from "./state.js";
import { format, shorten } from "./text.js";

// Where a pick is in a space, or null.
export function locate({ point, place, spot }, space) {
  if (point >= 0) return pairAt(source.images[space], point);
  if (spot) return space === "feature" ? spot : null;
  return space === "input" ? place : network.image(place);
}

// The pixel of a pick in a space, which may lie outside what is shown, or null.
export function pixelOf(pick, space) {
  const place = locate(pick, space.name);
  return place && space.toPixels(place);
}

// The probability of class 1 at a pick.
export function probability({ point, place, spot }) {
  if (point >= 0) return sigmoid(source.logit[point]);
  if (place) return sigmoid(network.logit(place));
  const [v1, v2, c] = network.line();
  return sigmoid(v1 * spot[0] + v2 * spot[1] + c);
}

export const titleOf = ({ point }) =>
  point >= 0
    ? `${points.held[point] ? "Held-out point" : "Point"} ${point + 1} of class ${classes[points.label[point]]}`
    : "A place";

export function describe(pick) {
  if (!pick) return state.chosen ? describeChosen() : data.words.point;
  const { point, place = [] } = pick;
  const named = (values, words) => Array.from(values, (value, i) => `${shorten(words[i])} = ${format(value, 3)}`);
  const x = named(point >= 0 ? points.at(point) : place, names).slice(0, 3);
  const image = planes.feature ? named(locate(pick, "feature"), planes.feature.labels) : [];
  const parts = [titleOf(pick), ...x, ...image, `P = ${format(probability(pick))}`];
  if (point >= 0) {
    if (!network) parts.push(`loss = ${format(crossEntropy(source.logit[point], points.label[point]))}`);
    parts.push(isWrong(point) ? "misclassified" : "right");
  }
  const beyond = spaces.filter((space) => pixelOf(pick, space) && !space.holds(pixelOf(pick, space)));
  if (beyond.length) parts.push(`outside what is shown of the ${beyond.map(({ name }) => name).join(" and ")} space`);
  return parts.join(" · ");
}

function describeChosen() {
  const members = [...points.label.keys()].filter((n) => state.chosen[n]);
  const counts = classes.map((name, t) => `class ${name}: ${members.filter((n) => points.label[n] === t).length}`);
  const wrong = members.filter(isWrong).length;
  return `${members.length} points selected (${counts.join(", ")}), ${wrong} of them misclassified. “Let go” ends this.`;
}
