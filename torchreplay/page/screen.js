// Everything that is drawn and written of the present state.

import { drawRun } from "./choice.js";
import { drawDiagram } from "./diagram.js";
import { order, pointPath } from "./dots.js";
import { max } from "./geometry.js";
import { describe, pixelOf, prediction, titleOf } from "./picks.js";
import { savePicture } from "./picture.js";
import { called, data, epochs, ghost, horizon, measured, names, network, ofClasses, outcome, points, run, task } from "./record.js";
import { outputsOf, sourceOf } from "./source.js";
import { align, settle, show, spaces, state } from "./state.js";
import { $, element, format, row, shorten } from "./text.js";
import { drawTime } from "./timeline.js";

export const night = matchMedia("(prefers-color-scheme: dark)");

show.draw = () => {
  settle();
  drawRun();
  align();
  const { index, pinned, hover } = state;
  const ink = readInk();
  for (const space of spaces) {
    space.draw(...seen(space), ink);
    drawMarks(space);
    space.figure.querySelector(".at").textContent = `${whose(space)}at ${called(index, space.run)}`;
  }
  drawLegend(ink);
  drawOfClasses(index);
  drawTime(index);
  const texts = [
    ["epoch", epochs[index]], ["last", horizon()], ["play", state.playing ? "Pause" : "Play"], ["readout", describe(hover ?? pinned)],
  ];
  for (const [id, text] of [...texts, ...measured(index)]) $(id).textContent = text;
  if ($("features")) drawFeatures(pinned);
  drawPanel(index, pinned, $("mean").checked);
};

// Which run a space shows, if those of two stand beside each other.
const whose = ({ run: { name } }) => (state.beside ? `of ${shorten(name)} ` : "");

// The colors on white or, at night, on dark ground.
function readInk() {
  const style = getComputedStyle(document.documentElement);
  const page = ["paper", "text", "grid", "line"].map((name) => [name, style.getPropertyValue(`--${name}`)]);
  const palette = data.palettes[$("accessible").checked ? "accessible" : "classic"];
  return { ...Object.fromEntries(page), ...palette, ...(night.matches && palette.night) };
}

// The scene of a space, with the boundary of the ghost, and its points.
function seen(space) {
  const { images, name, view, pixel, run: { points } } = space;
  const source = sourceOf(space.run);
  const isWrong = (n) => task.isWrong(outputsOf(n, source), points.label[n]);
  const wrong = $("errors").checked ? order(points).filter(isWrong) : [];
  const chosen = points === run.points ? state.chosen : null;
  const dashed = !ghost || space.isGhost ? [] : sourceOf(ghost).scene(name, view, pixel).boundary;
  const shown = { points, images, pixels: space.toPixels(images), wrong, chosen };
  return [{ ...source.scene(name, view, pixel), ghost: dashed }, shown];
}

// The pixel at which a pick is marked in a space, and what is written there; null if it is not seen.
function markOf(pick, space) {
  const pixel = pick && pixelOf(pick, space);
  return pixel && space.holds(pixel) ? { pixel, text: prediction(pick, 3, space.run) } : null;
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
    const value = t < task.outputs ? ofClasses[index * task.outputs + t] : NaN;
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
