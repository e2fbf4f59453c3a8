// What is pointed at, pinned or selected: where it is, its P, and what is said of it.

import { sigmoid } from "./network.js";
import { classes, names, network, planes, points, source } from "./record.js";
import { isWrong, state } from "./state.js";
import { format, shorten } from "./text.js";

// Where a pick is in a space, or null.
export function locate({ point, place, spot }, space) {
  if (point !== undefined) return Array.from(source.images[space].slice(2 * point, 2 * point + 2));
  if (spot) return space === "feature" ? spot : null;
  return space === "input" ? place : network.image(place);
}

// The probability of class 1 at a pick.
export function probability({ point, place, spot }) {
  if (point !== undefined) return sigmoid(source.logit[point]);
  if (place) return sigmoid(network.logit(place));
  const [v1, v2, c] = network.line();
  return sigmoid(v1 * spot[0] + v2 * spot[1] + c);
}

export const titleOf = ({ point, spot }) =>
  point !== undefined ? `Point ${point + 1} of ${classes[points.label[point]]}`
  : spot ? "A place in feature space" : "A place";

export function describe(pick) {
  if (!pick) return state.chosen ? describeChosen() : "Point at a place to see it in both spaces. Click to pin it. Drag to select points.";
  const { point, place } = pick;
  const x = point === undefined ? (place ?? []) : points.at(point);
  const image = planes.feature ? locate(pick, "feature") : [];
  const values = [
    ...Array.from(x).slice(0, 3).map((value, i) => [shorten(names[i], 20), format(value, 3)]),
    ...image.map((value, i) => [planes.feature.labels[i].split(",")[0], format(value, 3)]),
    ["P", format(probability(pick))],
  ];
  const outcome = point === undefined ? [] : [isWrong(point) ? "misclassified" : "right"];
  return [titleOf(pick), ...values.map((pair) => pair.join(" = ")), ...outcome].join(" · ");
}

function describeChosen() {
  const members = [...points.label.keys()].filter((n) => state.chosen[n]);
  const ones = members.filter((n) => points.label[n]).length;
  const counts = `${classes[0]}: ${members.length - ones}, ${classes[1]}: ${ones}`;
  const wrong = members.filter(isWrong).length;
  return `${members.length} points selected (${counts}), ${wrong} of them misclassified. Esc lets them go.`;
}
