// The network as a diagram, with the numbers of a forward and a backward pass.

import { render } from "./elements.js";
import { inputLines, MOST_WRITTEN, unitLines } from "./formulas.js";
import { abs, max } from "./geometry.js";
import { MAP_SIDE } from "./maps.js";
import { data, network, planes, points, run } from "./record.js";
import { drawSteps } from "./steps.js";
import { $, range } from "./text.js";

const MOST_UNITS = 8; // shown of a layer
const MOST_TERMS = 3; // written of a sum at a unit
const MAP = { width: MAP_SIDE, height: MAP_SIDE, role: "img", "aria-label": "map of the input plane: what the unit puts out" };
const MOST_LISTED = 100; // of the sum of the unit that is looked at
const WIDEST = 7; // pixels of the line of the largest weight
const GRIP = 16; // pixels of the line by which it is dragged

export let lookedAt = null; // the layer and the number of a unit

// The names of the units of each layer, inputs first.
const namesOf = () => [network.shape, ...network.stages].map(({ symbols }) => symbols);
// Whether some sums are too long to stand at their units.
const isShortened = () => namesOf().some(({ length }) => length > MOST_TERMS);

// Draw it for a pick, or for the mean over the points trained on.
export function drawDiagram(index, pick, isMean) {
  if (!namesOf()[lookedAt?.layer]?.[lookedAt.unit]) lookedAt = null;
  const mean = isMean && network.mean(points);
  const x = !mean && (pick.place ?? points.at(pick.point));
  const label = mean ? undefined : points.label[pick.point];
  const gradient = mean.gradient ?? new Float64Array(network.count);
  if (!mean) network.backward(x, label, gradient);
  const shown = { mean, x, label, backward: $("backward").checked && (isMean || label !== undefined) };
  render($("layers"), namesOf().map((_, layer) => column(layer, shown)));
  keepHeights([...document.querySelectorAll(".unit")]);
  render($("wires"), wires());
  $("terms").textContent = isMean ? data.words.means : data.words.terms;
  render($("formula"), isShortened() ? fullText(shown) : []);
  drawSteps(shown.backward && { index, gradient, isMean, isHeld: points.held[pick?.point] });
}

// Look at the unit of an event: all of its formula is written. Returns whether it is another one.
export function lookAt({ target }) {
  const { unit, layer } = target.closest("[data-unit]")?.dataset ?? {};
  if (!unit || (lookedAt?.unit === Number(unit) && lookedAt.layer === Number(layer))) return false;
  lookedAt = { layer: Number(layer), unit: Number(unit) };
  return true;
}

const isHidden = (layer) => layer && namesOf()[layer + 1];

function linesOf(layer, unit, shown, most) {
  const lines = layer ? unitLines(layer - 1, unit, shown, most) : inputLines(unit, shown, most);
  return lines.filter(Boolean).map((line, k) => [k ? "div" : "b", {}, whole(line)]);
}

function column(layer, shown) {
  const { length } = namesOf()[layer];
  const cards = unitsShown(layer, shown).map((unit) => {
    const reached = isShortened() ? { tabindex: 0, role: "group" } : {};
    const lines = linesOf(layer, unit, shown, length > MOST_WRITTEN ? 0 : MOST_TERMS);
    const map = isHidden(layer) && planes.input ? [["canvas", MAP]] : [];
    return ["div", { class: "unit", "data-layer": layer, "data-unit": unit, ...reached }, ...map, ...lines];
  });
  const rest = length > MOST_UNITS ? [["p", {}, `and ${length - MOST_UNITS} more`]] : [];
  return ["div", { class: "layer" }, ["h3", {}, layer ? network.stages[layer - 1].name : "input"], ...cards, ...rest];
}

// The numbers of some units of a layer: of classes, that of the point and the one predicted are there.
function unitsShown(layer, { mean, label }) {
  const all = range(namesOf()[layer].length);
  const wanted = mean || network.stages[layer] ? [] : [label, network.task.area(network.output.z)];
  const first = new Set([...wanted.filter((unit) => unit in all), ...all]);
  return [...first].slice(0, MOST_UNITS).sort((one, other) => one - other);
}

function fullText(shown) {
  if (!namesOf()[lookedAt?.layer]?.[lookedAt.unit]) return [["p", { class: "note" }, data.words.unit]];
  return linesOf(lookedAt.layer, lookedAt.unit, shown, MOST_LISTED);
}

// A line that wraps nowhere but before = + − / and within products of more than two numbers.
const whole = (line) =>
  line.replace(/ (?![=+−/] )/g, "\u00a0").replace(/[/′]/g, "$&\u2060").replace(/(·[^ ·]*)(?=·(?!10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]))/g, "$1\u200b");

// Cards stay as high as their longest formulas made them, so that what follows moves once at most. Their
// own width depends on these formulas; that of the diagram does not.
function keepHeights(cards) {
  const { clientWidth } = $("diagram");
  for (const card of cards) {
    const look = `${card.childElementCount} lines in ${clientWidth} pixels`;
    if (card.look !== look) card.style.minHeight = "";
    card.look = look;
  }
  cards.map((card) => card.offsetHeight).forEach((height, k) => (cards[k].style.minHeight = `${height}px`));
}

// A line for each weight, as wide as the weight is large. Its ends are measured on the screen, so
// that it works in rows and columns.
function wires() {
  const cards = Array.from($("layers").children, (layer) => [...layer.querySelectorAll(".unit")]);
  const isAcross = cards[1][0].offsetLeft >= cards[0][0].offsetLeft + cards[0][0].offsetWidth;
  const end = ({ offsetLeft: x, offsetTop: y, offsetWidth: width, offsetHeight: height }, share) =>
    isAcross ? [x + share * width, y + height / 2] : [x + width / 2, y + share * height];
  return network.stages.flatMap(({ at, inputs }, k) => cards[k + 1].flatMap((to) => cards[k].map((from) => {
    const place = at + to.dataset.unit * inputs + Number(from.dataset.unit);
    const weight = network.w[place];
    const width = max(0.4, (WIDEST * abs(weight)) / data.largest);
    const kind = weight < 0 ? "negative" : "";
    const path = { d: `M${end(from, 1)}L${end(to, 0)}`, "data-at": place };
    const grip = run.base ? [["path", { ...path, class: "grip", "stroke-width": GRIP }]] : [];
    return [["path", { ...path, "stroke-width": width, class: kind }], ...grip];
  }))).flat();
}
