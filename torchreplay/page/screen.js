// Everything that is drawn and written of the present state.

import { drawActivations } from "./activations.js";
import { drawAxes } from "./axes.js";
import { drawBend } from "./bending.js";
import { drawRun } from "./choice.js";
import { drawFork } from "./controls.js";
import { drawDiagram, lookedAt } from "./diagram.js";
import { order, pointPath } from "./dots.js";
import { render } from "./elements.js";
import { max } from "./geometry.js";
import { dress } from "./maps.js";
import { describe, describeChosen, pixelOf, prediction, titleOf } from "./picks.js";
import { savePicture } from "./picture.js";
import { called, data, epochs, ghost, horizon, measured, names, network, ofClasses, outcome, points, run, runs, task } from "./record.js";
import { remember } from "./remember.js";
import { imagesIn, outputsOf, source, sourceOf } from "./source.js";
import { align, allSpaces, settle, show, spaces, state } from "./state.js";
import { drawSurface } from "./surface.js";
import { settlePanel } from "./tabs.js";
import { $, element, format, shorten } from "./text.js";
import { drawTime } from "./timeline.js";
import { drawTour } from "./tour.js";
import { hasLines, zeroLines } from "./units.js";

const lined = $("lines"); // it may leave the document
const layerLined = ({ shown }) => (lined?.checked ? shown.layer : undefined); // that whose lines are drawn
export const night = matchMedia("screen and (prefers-color-scheme: dark)");
export const isPaper = () => "paper" in document.documentElement.dataset;

show.draw = () => {
  settle();
  drawRun();
  drawFork();
  align();
  const { index, pinned, hover } = state;
  const ink = inkOf($("accessible").checked, night.matches && !isPaper());
  for (const space of spaces) {
    if (space.isHidden) continue;
    kept.get(space).paint(...sceneKey(space), space.ratio, state.chosen, $("errors").checked, ink);
    drawMarks(space);
    space.figure.querySelector(".at").textContent = `${whose(space)}at ${called(index, space.run)}`;
  }
  drawBend();
  drawAxes();
  if (lined) lined.closest(".lines").hidden = !hasLines(network);
  drawLegend(ink);
  drawOfClasses(index);
  drawTour();
  drawTime(index);
  const pick = hover ?? pinned;
  const texts = [
    ["epoch", epochs[index]], ["last", horizon()], ["play", state.playing ? "Pause" : "Play"],
    ["pick", describe(pick)], ["chosen", describeChosen(pick)],
  ];
  for (const [id, text] of [...texts, ...measured(index)]) $(id).textContent = text;
  if ($("features")) drawFeatures(pinned);
  settlePanel();
  panels[state.panel](ink);
  const { style, offsetHeight } = $("readout");
  style.minHeight = `${offsetHeight}px`; // what stands below it moves once at most
};

// Which run a space shows, if those of two stand beside each other.
const whose = ({ run: { name } }) => (state.beside ? `of ${shorten(name || data.words.record)} ` : "");

// Room for the longest numbers of any epoch, so that nothing moves when it changes.
export function reserve() {
  const longest = { epoch: String(horizon()).length };
  for (const one of runs) {
    for (const index of one.epochs.keys()) {
      for (const [id, text] of measured(index, one)) longest[id] = max(longest[id] ?? 0, text.length);
    }
  }
  for (const id in longest) $(id).style.minWidth = `${longest[id]}ch`;
}

// The colors on white or, at night, on dark ground.
const inkOf = remember((isAccessible, isNight) => {
  const style = getComputedStyle(document.documentElement);
  const page = ["paper", "text", "grid", "line", "accent", "positive", "negative"].map((name) => [name, style.getPropertyValue(`--${name}`)]);
  const palette = data.palettes[isAccessible ? "accessible" : "classic"];
  return { ...Object.fromEntries(page), ...palette, ...(isNight && palette.night) };
});

// Whether places of the ghost in a space are places of the run there: planes of many units have axes of
// their own in each training.
const isShared = (name, run) => ghost === run.base || ![run, ghost].some(({ planes }) => planes[name].units);

// What a scene depends on; the ghost is drawn in the spaces of the run.
function sceneKey({ name, view, side, isGhost, run }) {
  const sources = [run, ...(ghost && !isGhost && isShared(name, run) ? [ghost] : [])].map(sourceOf);
  const evaluated = [0, 1].flatMap((k) => [sources[k], sources[k]?.[name === "feature" ? "shown" : "index"]]);
  return [view, side, ...evaluated, layerLined(sources[0])];
}

// Of each space what is kept while its key stays: its scene, and what is painted on its canvas.
const kept = new Map(allSpaces.map((space) => {
  const scene = remember((view, side, source, index, ghost, at, layer) => {
    const [one, other] = [source, ghost].map((from, k) => from?.scene(space.name, view, space.pixel, !k));
    return { ...one, ghost: other?.boundary, zeros: layer >= 0 ? zeroLines(source, space.name, view, space.pixel) : [] };
  });
  const pixels = remember((images) => space.toPixels(images));
  const seen = () => {
    const [images, { points, source }] = [imagesIn(space), space.run];
    const isWrong = (n) => task.isWrong(outputsOf(n, source), points.label[n]);
    const wrong = $("errors").checked ? order(points).filter(isWrong) : [];
    const chosen = points === run.points ? state.chosen : null;
    const shown = { points, images, pixels: pixels(images, space.view, space.side), wrong, chosen };
    return [scene(...sceneKey(space)), shown];
  };
  return [space, { seen, paint: remember((...key) => space.draw(...seen(), key.at(-1))) }];
}));

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
    mark.style.inset = space.inset([x, y]);
    return mark;
  });
  if (brush?.space === space) {
    marks.push(element("div", "brush"));
    marks.at(-1).style.inset = space.inset(brush.low, brush.high);
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

// The views of the panel: the open one is drawn.
const panels = {
  network: (ink) => {
    const { index, pinned } = state;
    drawPanel(index, pinned, $("mean").checked, $("backward").checked, source, lookedAt, document.body.clientWidth);
    if ($("diagram").hidden) return;
    dress(source, index, layerLined(source), ink, ...$("layers").querySelectorAll(".unit"));
  },
  surface: (ink) => drawSurface(state.index, ink, spaces[0].ratio),
  activations: (ink) => drawActivations(state.hover ?? state.pinned, ink, source, state.index),
};

const drawPanel = remember((index, pinned, isMean) => {
  const isKnown = network && (isMean || pinned);
  const title = isMean ? data.words.mean : pinned && titleOf(pinned);
  $("picked").textContent = title ? `${title} at ${called(index)}` : "No point is pinned";
  $("hint").hidden = isKnown;
  $("diagram").hidden = !isKnown;
  $("backward").disabled = !(isMean || pinned?.point >= 0);
  if (isKnown) drawDiagram(index, pinned, isMean);
});

// With more than two features there is no input plane: a table of the pinned point's stands there.
const drawFeatures = remember((pinned) => {
  $("features").hidden = !pinned;
  $("nothing").hidden = pinned;
  const rowOf = (name, i) => ["tr", {}, ["th", {}, name], ["td", {}, format(points.at(pinned.point)[i])]];
  render($("features").tBodies[0], pinned ? names.map(rowOf) : []);
});

export function save(kind) {
  const shown = spaces.map((space) => [space, ...kept.get(space).seen(), markOf(state.pinned, space)]);
  const ink = inkOf($("accessible").checked, night.matches);
  savePicture(called(state.index).replace(/\W+/g, "_"), kind, shown, outcome(state.index), ink);
}
