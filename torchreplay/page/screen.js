// Everything that is drawn and written of the present state.

import { drawActivations } from "./activations.js";
import { drawDiagram } from "./diagram.js";
import { order, pointPath } from "./dots.js";
import { max } from "./geometry.js";
import { describe, describeChosen, pixelOf, prediction, titleOf } from "./picks.js";
import { savePicture } from "./picture.js";
import { called, data, epochs, measured, names, network, ofClasses, outcome, points, task } from "./record.js";
import { remember } from "./remember.js";
import { source } from "./source.js";
import { isWrong, settle, show, spaces, state } from "./state.js";
import { drawSurface } from "./surface.js";
import { $, element, format, row } from "./text.js";
import { drawTime } from "./timeline.js";

export const night = matchMedia("screen and (prefers-color-scheme: dark)");
export const isPaper = () => "paper" in document.documentElement.dataset;

show.draw = () => {
  settle();
  const { index, pinned, hover } = state;
  const ink = inkOf($("accessible").checked, night.matches && !isPaper());
  for (const [space, { paint }] of kept) {
    if (space.isHidden) continue;
    paint(...sceneKey(space), space.ratio, state.chosen, $("errors").checked, ink);
    drawMarks(space);
  }
  drawLegend(ink);
  drawOfClasses(index);
  drawTime(index);
  const pick = hover ?? pinned;
  const texts = [
    ["epoch", epochs[index]], ["play", state.playing ? "Pause" : "Play"], ["pick", describe(pick)], ["chosen", describeChosen(pick)],
  ];
  for (const [id, text] of [...texts, ...measured(index)]) $(id).textContent = text;
  for (const title of document.querySelectorAll(".at")) title.textContent = `at ${called(index)}`;
  Object.assign($("slider"), { value: index, ariaValueText: called(index) });
  if ($("features")) drawFeatures(pinned);
  panels[state.panel](ink);
  const { style, offsetHeight } = $("readout");
  style.minHeight = `${offsetHeight}px`; // what stands below it moves once at most
};

// Room for the longest numbers of any epoch, so that nothing moves when it changes.
export function reserve() {
  const longest = { epoch: String(data.last).length };
  for (const index of epochs.keys()) {
    for (const [id, text] of measured(index)) longest[id] = max(longest[id] ?? 0, text.length);
  }
  for (const id in longest) $(id).style.minWidth = `${longest[id]}ch`;
}

// The colors on white or, at night, on dark ground.
const inkOf = remember((isAccessible, isNight) => {
  const style = getComputedStyle(document.documentElement);
  const page = ["paper", "text", "grid", "line", "accent"].map((name) => [name, style.getPropertyValue(`--${name}`)]);
  const palette = data.palettes[isAccessible ? "accessible" : "classic"];
  return { ...Object.fromEntries(page), ...palette, ...(isNight && palette.night) };
});

// What a scene depends on.
const sceneKey = ({ view, side }) => [source, state.index, view, side];

// Of each space what is kept while its key stays: its scene, and what is painted on its canvas.
const kept = new Map(spaces.map((space) => {
  const scene = remember(() => source.scene(space.name, space.view, space.pixel));
  const pixels = remember((images) => space.toPixels(images));
  const seen = () => {
    const images = source.images[space.name];
    const wrong = $("errors").checked ? order.filter(isWrong) : [];
    const shown = { images, pixels: pixels(images, space.view, space.side), wrong, chosen: state.chosen };
    return [scene(...sceneKey(space)), shown];
  };
  return [space, { seen, paint: remember((...key) => space.draw(...seen(), key.at(-1))) }];
}));

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
    const value = ofClasses[index * task.outputs + t];
    place.textContent = isNaN(value) ? "–" : `${(100 * value).toFixed(1)} %`;
  });
}

// The views of the panel: the open one is drawn.
const panels = {
  network: () => drawPanel(state.index, state.pinned, $("mean").checked, $("backward").checked, source, document.body.clientWidth),
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
  const rows = pinned ? names.map((name, i) => row([name, format(points.at(pinned.point)[i])])) : [];
  $("features").tBodies[0].replaceChildren(...rows);
});

export function save(kind) {
  const shown = spaces.map((space) => [space, ...kept.get(space).seen(), markOf(state.pinned, space)]);
  const ink = inkOf($("accessible").checked, night.matches);
  savePicture(called(state.index).replace(/\W+/g, "_"), kind, shown, outcome(state.index), ink);
}
