// Everything that is drawn and written of the present state.

import { drawDiagram } from "./diagram.js";
import { order, pointPath } from "./dots.js";
import { max } from "./geometry.js";
import { describe, pixelOf, prediction, titleOf } from "./picks.js";
import { savePicture } from "./picture.js";
import { called, data, epochs, measured, names, network, ofClasses, outcome, points, task } from "./record.js";
import { source } from "./source.js";
import { isWrong, settle, show, spaces, state } from "./state.js";
import { $, element, format, row } from "./text.js";
import { drawTime } from "./timeline.js";
import { drawTour } from "./tour.js";

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
  drawOfClasses(index);
  drawTour();
  drawTime(index);
  const texts = [
    ["epoch", epochs[index]], ["play", state.playing ? "Pause" : "Play"], ["readout", describe(hover ?? pinned)],
  ];
  for (const [id, text] of [...texts, ...measured(index)]) $(id).textContent = text;
  for (const title of document.querySelectorAll(".at")) title.textContent = `at ${called(index)}`;
  Object.assign($("slider"), { value: index, ariaValueText: called(index) });
  if ($("features")) drawFeatures(pinned);
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
  const shown = { images, pixels, wrong, chosen: state.chosen };
  return [source.scene(space.name, space.view, space.pixel), shown];
}

// The pixel at which a pick is marked in a space, and what is written there; null if it is not seen.
function markOf(pick, space) {
  const pixel = pick && pixelOf(pick, space);
  return pixel && space.holds(pixel) ? { pixel, text: prediction(pick, 3) } : null;
}

function drawMarks(space) {
  const { pinned, hover, brush } = state;
  const marks = [pinned, hover].flatMap((pick) => {
    const { pixel: [x, y], text } = markOf(pick, space) ?? { pixel: [] };
    if (!text) return [];
    const kinds = [pick === pinned && "pinned", x > max(space.width - 39 - 9 * text.length, space.width / 2) && "last", y < 40 && "top"];
    const mark = element("div", `mark ${kinds.join(" ")}`, element("span", "", text));
    mark.style.inset = `${y}px auto auto ${x}px`;
    return mark;
  });
  if (brush?.space === space) {
    const [[left, top], [right, bottom]] = [brush.low, brush.high];
    marks.push(element("div", "brush"));
    marks.at(-1).style.inset = `${top}px ${space.width - right}px ${space.height - bottom}px ${left}px`;
  }
  space.figure.querySelector(".marks").replaceChildren(...marks);
}

// The paths of the legend: regions, points, and markers of points held out, by numbers of areas.
function drawLegend({ regions, points, markers, paper }) {
  if (points === drawLegend.points) return;
  drawLegend.points = points;
  const each = (kind, draw) => {
    for (const path of document.querySelectorAll(`#legend [data-${kind}]`)) {
      const made = draw(path.dataset[kind]);
      for (const name in made) path.setAttribute(name, made[name]);
    }
  };
  each("region", (t) => ({ fill: regions[t] }));
  each("point", (t) => ({ d: pointPath(markers[t]), fill: points[t] }));
  each("hollow", (t) => ({ d: pointPath(markers[t], true), fill: paper, stroke: points[t] }));
}

// The accuracy of each class at an epoch; of one without points there is none.
function drawOfClasses(index) {
  document.querySelectorAll("#legend b").forEach((place, t) => {
    const value = ofClasses[index * task.outputs + t];
    place.textContent = isNaN(value) ? "–" : `${(100 * value).toFixed(1)} %`;
  });
}

function drawPanel(index, pinned, isMean) {
  const isKnown = network && (isMean || pinned);
  const title = isMean ? data.words.mean : pinned && titleOf(pinned);
  $("picked").textContent = title ? `${title} at ${called(index)}` : "No point is pinned";
  $("hint").hidden = isKnown;
  $("diagram").hidden = !isKnown;
  $("backward").disabled = !(isMean || pinned?.point >= 0);
  if (isKnown) drawDiagram(index, pinned, isMean);
}

// With more than two features there is no input plane: a table of the pinned point's stands there.
function drawFeatures(pinned) {
  $("features").hidden = !pinned;
  $("nothing").hidden = pinned;
  const rows = pinned ? names.map((name, i) => row([name, format(points.at(pinned.point)[i])])) : [];
  $("features").tBodies[0].replaceChildren(...rows);
}

export function save(kind) {
  const shown = spaces.map((space) => [space, ...seen(space), markOf(state.pinned, space)]);
  savePicture(called(state.index).replace(/\W+/g, "_"), kind, shown, outcome(state.index), readInk());
}
