// All that is drawn and written of the present state.

import { drawDiagram } from "./diagram.js";
import { MARKERS, interleaved } from "./dots.js";
import { describe, locate, probability, titleOf } from "./picks.js";
import { savePicture } from "./picture.js";
import { accuracyAt, called, curves, data, epochs, lossAt, names, network, outcome, points, source } from "./record.js";
import { isWrong, settle, show, spaces, state } from "./state.js";
import { $, element, format, row } from "./text.js";
import { Timeline } from "./timeline.js";

const order = interleaved(points.label);
const timeline = new Timeline(curves);
export const night = matchMedia("(prefers-color-scheme: dark)");

show.draw = () => {
  settle();
  const { index, pinned, hover } = state;
  const ink = readInk();
  for (const space of spaces) {
    space.draw(...seen(space), ink);
    drawMarks(space);
  }
  timeline.draw(index);
  drawLegend(ink);
  $("slider").value = index;
  $("slider").ariaValueText = called(index);
  setText("epoch", epochs[index]);
  setText("loss", lossAt(index));
  setText("accuracy", accuracyAt(index));
  setText("play", state.playing ? "Pause" : "Play");
  setText("readout", describe(hover ?? pinned));
  for (const words of document.querySelectorAll(".at")) words.textContent = `at ${called(index)}`;
  drawPanel();
};

const setText = (id, text) => ($(id).textContent = text);

// The colors on white or, at night, on dark ground.
function readInk() {
  const style = getComputedStyle(document.documentElement);
  const page = ["paper", "text", "grid", "line"].map((name) => [name, style.getPropertyValue(`--${name}`)]);
  const palette = data.palettes[$("accessible").checked ? "accessible" : "classic"];
  return { ...Object.fromEntries(page), ...palette, ...(night.matches && palette.night) };
}

// The scene of a space, and its points.
function seen(space) {
  const wrong = $("errors").checked ? order.filter(isWrong) : [];
  const { label } = points;
  const shown = { images: source.images[space.name], order, label, wrong, chosen: state.chosen };
  return [source.scene(space.name, space.view, space.pixel), shown];
}

function drawMarks(space) {
  const { pinned, hover, brush } = state;
  const marks = [pinned, hover].flatMap((pick) => {
    const place = pick && locate(pick, space.name);
    const pixel = place && space.pixelOf(place, 0);
    if (!pixel || !space.holds(pixel)) return [];
    const P = probability(pick);
    const text = P < 0.0005 ? "P < 0.001" : P > 0.9995 ? "P > 0.999" : `P = ${format(P, 3)}`;
    const side = pixel[0] > space.width - 120 ? "left" : "right";
    const mark = element("div", { className: `mark ${side}` }, element("span", {}, text));
    mark.classList.toggle("pinned", pick === pinned);
    return put(mark, { left: pixel[0], top: pixel[1] });
  });
  if (brush?.space === space) {
    const [left, top] = [space.toX(brush.low[0]), space.toY(brush.high[1])];
    const size = { width: space.toX(brush.high[0]) - left, height: space.toY(brush.low[1]) - top };
    marks.push(put(element("div", { className: "brush" }), { left, top, ...size }));
  }
  space.figure.querySelector(".marks").replaceChildren(...marks);
}

function put(mark, pixels) {
  for (const [name, value] of Object.entries(pixels)) mark.style[name] = `${value}px`;
  return mark;
}

function drawLegend({ regions, points, markers, line }) {
  const paths = document.querySelectorAll("#legend path");
  [regions[0], points[0], regions[1], points[1], line].forEach((color, k) => paths[k].setAttribute("fill", color));
  markers.forEach((kind, t) => paths[2 * t + 1].setAttribute("d", `M15 10${MARKERS[kind].path}`));
}

function drawPanel() {
  const { index, pinned } = state;
  const { length: count } = points.label;
  const isMean = $("mean").checked;
  const isKnown = Boolean(network && (isMean || pinned));
  const title = isMean ? `Mean over ${count.toLocaleString("en")} points` : pinned && titleOf(pinned);
  setText("picked", title ? `${title} at ${called(index)}` : "No point is pinned");
  $("hint").hidden = isKnown;
  $("diagram").hidden = !isKnown;
  $("backward").disabled = !isKnown || (!isMean && pinned.point === undefined);
  if (!points.plane) drawFeatures(pinned);
  if (!isKnown) return;
  drawDiagram(network, data, {
    x: pinned && (pinned.place ?? points.at(pinned.point)),
    label: points.label[pinned?.point],
    mean: isMean && network.mean(points),
    backward: $("backward").checked,
    step: data.step,
    next: epochs[index + 1] === epochs[index] + 1 && network.parametersAt(index + 1),
    called: [called(index), called(index + 1)],
  });
}

// With more than two features there is no input plane: a table of the pinned point's stands there.
function drawFeatures(pinned) {
  $("features").hidden = !pinned;
  $("nothing").hidden = pinned;
  if (!pinned) return;
  const rows = Array.from(points.at(pinned.point), (value, i) => row([names[i], format(value)]));
  $("features").tBodies[0].replaceChildren(...rows);
}

export function save(kind) {
  const shown = spaces.map((space) => [space, ...seen(space)]);
  savePicture(called(state.index).replace(/\W+/g, "_"), kind, shown, outcome(state.index), readInk());
}
