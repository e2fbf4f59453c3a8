// All that is drawn and written of the present state.

import { drawDiagram } from "./diagram.js";
import { MARKERS, interleaved } from "./dots.js";
import { describe, locate, probability, titleOf } from "./picks.js";
import { savePicture } from "./picture.js";
import { accuracyAt, called, data, epochs, lossAt, names, network, outcome, points, source } from "./record.js";
import { isWrong, settle, show, spaces, state } from "./state.js";
import { $, element, format, row } from "./text.js";
import { drawTime } from "./timeline.js";

const order = interleaved(points.label);
export const night = matchMedia("(prefers-color-scheme: dark)");

show.draw = () => {
  settle();
  const { index, pinned, hover } = state;
  const ink = readInk();
  for (const space of spaces) {
    space.draw(...seen(space), ink);
    drawMarks(space);
  }
  drawLegend(ink);
  drawTime(index);
  const texts = {
    epoch: epochs[index], loss: lossAt(index), accuracy: accuracyAt(index),
    play: state.playing ? "Pause" : "Play", readout: describe(hover ?? pinned),
  };
  for (const [id, text] of Object.entries(texts)) $(id).textContent = text;
  for (const title of document.querySelectorAll(".at")) title.textContent = `at ${called(index)}`;
  Object.assign($("slider"), { value: index, ariaValueText: called(index) });
  if (!points.plane) drawFeatures(pinned);
  drawPanel(index, pinned, $("mean").checked);
};

// The colors on white or, at night, on dark ground.
function readInk() {
  const style = getComputedStyle(document.documentElement);
  const page = ["paper", "text", "grid", "line"].map((name) => [name, style.getPropertyValue(`--${name}`)]);
  const palette = data.palettes[$("accessible").checked ? "accessible" : "classic"];
  return { ...Object.fromEntries(page), ...palette, ...(night.matches && palette.night) };
}

// The scene of a space, and its points.
function seen(space) {
  const images = source.images[space.name];
  const pixels = space.toPixels(images);
  const wrong = $("errors").checked ? order.filter(isWrong) : [];
  const shown = { images, pixels, order, label: points.label, wrong, chosen: state.chosen };
  return [source.scene(space.name, space.view, space.pixel), shown];
}

// The pixel at which a pick is marked in a space, and what is written there; null if it is not seen.
function markOf(pick, space) {
  const place = pick && locate(pick, space.name);
  const pixel = place && space.toPixels(place);
  return place && space.holds(pixel) ? { pixel, text: `P = ${format(probability(pick), 3)}` } : null;
}

function drawMarks(space) {
  const { pinned, hover, brush } = state;
  const marks = [pinned, hover].flatMap((pick) => {
    const { pixel: [x, y], text } = markOf(pick, space) ?? { pixel: [] };
    if (!text) return [];
    const mark = element("div", { className: "mark" }, element("span", {}, text));
    mark.classList.toggle("pinned", pick === pinned);
    mark.classList.toggle("last", x > space.width - 120);
    mark.classList.toggle("top", y < 40);
    mark.style.inset = `${y}px auto auto ${x}px`;
    return mark;
  });
  if (brush?.space === space) {
    const [[left, bottom], [right, top]] = [brush.low, brush.high].map((place) => space.toPixels(place));
    marks.push(element("div", { className: "brush" }));
    marks.at(-1).style.inset = `${top}px ${space.width - right}px ${space.height - bottom}px ${left}px`;
  }
  space.figure.querySelector(".marks").replaceChildren(...marks);
}

function drawLegend({ regions, points, markers, line }) {
  const paths = document.querySelectorAll("#legend path");
  [regions[0], points[0], regions[1], points[1], line].forEach((color, k) => paths[k].setAttribute("fill", color));
  markers.forEach((kind, t) => paths[2 * t + 1].setAttribute("d", `M15 10${MARKERS[kind].path}`));
}

function drawPanel(index, pinned, isMean) {
  const isKnown = Boolean(network && (isMean || pinned));
  const title = isMean ? `Mean over ${points.count.toLocaleString("en")} points` : pinned && titleOf(pinned);
  $("picked").textContent = title ? `${title} at ${called(index)}` : "No point is pinned";
  $("hint").hidden = isKnown;
  $("diagram").hidden = !isKnown;
  $("backward").disabled = !isKnown || (!isMean && pinned.point === undefined);
  if (isKnown) {
    drawDiagram(network, data, {
      x: pinned && (pinned.place ?? points.at(pinned.point)),
      label: points.label[pinned?.point],
      mean: isMean && network.mean(points),
      backward: $("backward").checked,
      next: epochs[index + 1] === epochs[index] + 1 && network.parametersAt(index + 1),
      called: [called(index), called(index + 1)],
    });
  }
}

// With more than two features there is no input plane: a table of the pinned point's stands there.
function drawFeatures(pinned) {
  $("features").hidden = !pinned;
  $("nothing").hidden = pinned;
  const values = pinned ? Array.from(points.at(pinned.point)) : [];
  $("features").tBodies[0].replaceChildren(...values.map((value, i) => row([names[i], format(value)])));
}

export function save(kind) {
  const shown = spaces.map((space) => [space, ...seen(space), markOf(state.pinned, space)]);
  savePicture(called(state.index).replace(/\W+/g, "_"), kind, shown, outcome(state.index), readInk());
}
