// What is pointed at, pinned or selected: its place, its P, and its description.

import { pairAt } from "./geometry.js";
import { classes, classWord, data, names, network, planes, points, run, task } from "./record.js";
import { outputsOf } from "./source.js";
import { isWrong, spaces, state } from "./state.js";
import { format, shorten } from "./text.js";

// Where a pick is in a space of a run, or null.
export function locate({ point, place, spot }, space, { network, source } = run) {
  if (point >= 0) return pairAt(source.images[space], point);
  if (spot) return space === "feature" ? spot : null;
  if (space === "feature") return source.shown.image(place);
  return data.is_graph ? [place[0], network.logits(place)[0]] : place;
}

// The pixel of a pick in a space, which may lie outside what is shown, or null.
export function pixelOf(pick, space) {
  const place = locate(pick, space.name, space.run);
  return place && space.toPixels(place);
}

// What the network puts out at a pick.
function outputsAt({ point, place, spot }, { network, source }) {
  if (point >= 0) return outputsOf(point, source);
  if (place) return network.logits(place);
  return network.lines().map(([v1, v2, c]) => v1 * spot[0] + v2 * spot[1] + c);
}

// What is predicted at a pick: the class, if there are more than two, and its P, or the number.
export function prediction(pick, decimals, of = run) {
  const z = outputsAt(pick, of);
  if (task.criterion) return `predicted = ${format(z[0], decimals)}`;
  const [P, k] = [task.predict(z), task.area(z)];
  return task.outputs > 1 ? `${classWord(k)}, P = ${format(P[k], decimals)}` : `P = ${format(P[0], decimals)}`;
}

export function titleOf({ point, spot }) {
  if (!(point >= 0)) return spot ? data.words.spot : "A place";
  const label = task.criterion ? "" : `, class ${classes[points.label[point]]}`;
  return `${points.held[point] ? "Held-out point" : "Point"} ${points.ids[point] + 1}${data.words.drawn}${label}`;
}

export function describe(pick) {
  if (!pick) return state.chosen ? "" : data.words.point;
  const { point, place = [] } = pick;
  const named = (values, words) => words.slice(0, values.length).map((word, i) => `${shorten(word)} = ${format(values[i], 3)}`);
  const x = named(point >= 0 ? points.at(point) : place, names).slice(0, 3);
  const image = planes.feature && !run.source.shown.isBent ? named(locate(pick, "feature").filter((value) => !isNaN(value)), run.source.shown.labels) : [];
  const parts = [titleOf(pick), ...x, ...image, `${task.outputs > 1 ? "predicted " : ""}${prediction(pick)}`];
  if (point >= 0) {
    const label = points.label[point];
    if (task.criterion) parts.push(`label = ${format(label)}`);
    if (!network) parts.push(`loss = ${format(task.loss(outputsOf(point), label))}`);
    if (!task.criterion) parts.push(isWrong(point) ? "misclassified" : "right");
  }
  if (pick.spot && data.words.empty) parts.push(data.words.empty);
  const beyond = spaces.filter((space) => pixelOf(pick, space) && !space.holds(pixelOf(pick, space)));
  if (beyond.length) parts.push(`outside what is shown of the ${beyond.map(({ name }) => name).join(" and ")} space`);
  return parts.join(" · ");
}

// The selection; in short beside a pick.
export function describeChosen(isShort) {
  if (!state.chosen) return "";
  const members = [...points.label.keys()].filter((n) => state.chosen[n]);
  const counts = classes.map((name, t) => [members.filter((n) => points.label[n] === t).length, `class ${name}: `]);
  const listed = counts.filter(([count]) => count || counts.length === 2).map(([count, name]) => name + count);
  const counted = listed.length && !isShort ? ` (${listed.join(", ")})` : "";
  const wrong = listed.length ? `, ${members.filter(isWrong).length} of them misclassified` : "";
  return `${members.length} points selected${data.words.drawn}${counted}${wrong}${isShort ? "" : ". “Let go” ends this."}`;
}
