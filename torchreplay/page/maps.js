// The little maps at the cards of hidden units: what a unit puts out over the input plane, and the line
// on which its input z is zero. There it puts out what is white, or the paper.

import { abs, floor, max } from "./geometry.js";
import { remember } from "./remember.js";
import { paint } from "./shapes.js";
import { element, range } from "./text.js";
import { MOST_LINES, zerosOf } from "./units.js";

const [PLACES, MAP_STEPS] = [32, 32]; // along an axis: where the plane is evaluated, and where lines are searched
export const MAP_SIDE = 128; // of a canvas
const STRONGEST = 0.8; // share of the color of the largest response

// What all hidden units put out at the places, from the top left on: a list of values for each layer.
function responsesOf(network, [left, bottom, right, top]) {
  const found = network.hidden.map(({ units }) => range(units, () => new Float64Array(PLACES * PLACES)));
  for (let k = 0; k < PLACES * PLACES; k++) {
    const [across, up] = [(k % PLACES) + 0.5, PLACES - 0.5 - floor(k / PLACES)];
    network.forward([left + (across / PLACES) * (right - left), bottom + (up / PLACES) * (top - bottom)], network.hidden);
    network.hidden.forEach(({ h }, layer) => h.forEach((value, unit) => (found[layer][unit][k] = value)));
  }
  return found;
}

const bytes = (color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));

// Give the cards of units their maps at an epoch, and those of the layer whose lines are drawn the colors
// of these. The scale of a layer is one for all of its units, and the same at all epochs if their
// activation function has ends.
export const dress = remember((source, index, lined, ink, ...cards) => {
  const { network, planes: { input: plane } } = source;
  for (const card of cards) {
    const [layer, unit] = [card.dataset.layer - 1, Number(card.dataset.unit)];
    const isLined = layer === lined && network.hidden[layer].units <= MOST_LINES;
    card.style.borderLeft = isLined ? `6px solid ${ink.units[unit]}` : "";
    const canvas = card.querySelector("canvas");
    if (canvas) drawMap(canvas.getContext("2d"), source, plane.rect, layer, unit, ink, isLined ? ink.units[unit] : ink.text);
  }
});

function drawMap(pen, source, rect, layer, unit, ink, stroke) {
  const [left, bottom, right, top] = rect;
  const { value } = source.network.hidden[layer];
  const responses = source.memo("responses", () => responsesOf(source.network, rect))[layer];
  const zero = value(0);
  const most = () => max(...responses.map((values) => values.reduce((one, other) => max(one, abs(other - zero)), 0))) || 1;
  const reach = isFinite(value(Infinity)) ? value(Infinity) - zero : most();
  const [paper, below, above] = [ink.paper, ink.negative, ink.positive].map(bytes);
  const image = Object.assign(element("canvas"), { width: PLACES, height: PLACES });
  const drawn = new ImageData(PLACES, PLACES);
  responses[unit].forEach((response, k) => {
    const share = (STRONGEST * (response - zero)) / reach;
    const end = share < 0 ? below : above;
    drawn.data.set([...paper.map((from, c) => from + abs(share) * (end[c] - from)), 255], 4 * k);
  });
  image.getContext("2d").putImageData(drawn, 0, 0);
  const toPixels = ([x, y]) => [((x - left) / (right - left)) * MAP_SIDE, ((top - y) / (top - bottom)) * MAP_SIDE];
  const curves = zerosOf(source, layer, unit, rect, MAP_STEPS).map((curve) => curve.flatMap(toPixels));
  paint(pen, { box: [0, 0, MAP_SIDE, MAP_SIDE], shapes: [{ image, ratio: PLACES / MAP_SIDE }, { curves, stroke, width: 3 }] });
}
