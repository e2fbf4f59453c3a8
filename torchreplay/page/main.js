// The page: what is shown (the state), what changes it, and what is drawn anew when it changes.

import { Network, sigmoid } from "./network.js";
import { Evaluation, Positions, decode } from "./source.js";
import { Space, inks, interleaved, shorten } from "./space.js";
import { Timeline } from "./timeline.js";
import { Diagram, element, format } from "./diagram.js";
import { download, picture } from "./picture.js";

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const { names, classes, planes, palettes } = data;
const epochs = [...Array(Math.ceil(data.last / data.every)).keys()].map((k) => k * data.every).concat(data.last);
const last = epochs.length - 1;
const loss = decode(data.loss, Float32Array);
const accuracy = decode(data.accuracy, Float32Array);
const points = readPoints();
const network = data.network && new Network(data.network, decode(data.parameters, Float32Array));
const source = network
  ? new Evaluation(network, points, planes)
  : new Positions(data.positions, points, planes);
const order = interleaved(points.label);
const spaces = Object.entries(planes).map(([name, { rect, labels }]) => new Space(name, $(name), rect, labels));
const timeline = new Timeline($("strip"), epochs, loss, accuracy);
const diagram = network && new Diagram($("diagram"), network, { names, largest: data.largest });
const night = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// What is shown. A pick is { point } or { place } of the input plane, or { spot } in feature space.
const state = { index: last, pinned: null, hover: null, chosen: null, brush: null, playing: false };
let active = spaces.find((space) => space.name === data.opens) ?? spaces[0];
let ink;
const stale = new Set();

function readPoints() {
  const x = decode(data.points.x, Float32Array);
  const bits = decode(data.points.label, Uint8Array);
  const { length: d } = names;
  const count = x.length / d;
  const label = Uint8Array.from({ length: count }, (_, n) => (bits[n >> 3] >> n % 8) & 1);
  return { count, label, plane: d === 2 ? x : null, at: (n) => x.subarray(n * d, n * d + d) };
}

// Drawing ------------------------------------------------------------------------------------------

function show(...parts) {
  if (!stale.size) requestAnimationFrame(draw);
  parts.forEach((part) => stale.add(part));
}

function draw() {
  const all = stale.has("all");
  if (all) ink = inks(palettes[$("accessible").checked ? "accessible" : "classic"], night.matches);
  if (all || stale.has("epoch")) restore();
  if (all || stale.has("epoch") || stale.has("view")) spaces.forEach(drawSpace);
  if (all) drawLegend();
  drawMarks();
  if (all || stale.has("epoch") || stale.has("panel")) drawPanel();
  stale.clear();
}

// Evaluate the epoch that is to be shown, if the last one evaluated is another.
function settle() {
  if (settle.index !== state.index) source.restore((settle.index = state.index));
}

function restore() {
  settle();
  timeline.draw(state.index, ink);
  const epoch = epochs[state.index];
  if (state.said !== state.index) delete state.said;
  $("slider").value = state.index;
  $("slider").ariaValueText = `epoch ${epoch}`;
  $("epoch").textContent = epoch;
  $("loss").textContent = format(loss[state.index]);
  $("accuracy").textContent = `${(100 * accuracy[state.index]).toFixed(2)} %`;
  for (const title of document.querySelectorAll("figure .at")) title.textContent = `at epoch ${epoch}`;
  clearTimeout(restore.telling);
  if (!state.playing) restore.telling = setTimeout(tell, 400);
}

function tell() {
  const outcome = `Epoch ${epochs[state.index]}: loss ${$("loss").textContent}, accuracy ${$("accuracy").textContent}`;
  if (state.said !== state.index && $("told").textContent !== outcome) $("told").textContent = outcome;
}

// What is said stays until another epoch is shown.
function say(text) {
  state.said = state.index;
  $("told").textContent = text;
}

const isWrong = (n) => source.logit[n] >= 0 !== points.label[n] > 0;

function seen(space) {
  const wrong = $("errors").checked && Array.from(points.label, (_, n) => isWrong(n));
  const images = source.images[space.name];
  return { images, order, label: points.label, wrong, chosen: state.chosen, still: images === points.plane };
}

function drawSpace(space) {
  space.draw(source.scene(space.name, space.view, space.pixel), seen(space), ink);
  space.figure.classList.toggle("zoomed", space.isZoomed);
}

// Where a pick is seen in a space, or null; and its P.
function locate(pick, space) {
  if (pick.point !== undefined) {
    const images = source.images[space];
    return [images[2 * pick.point], images[2 * pick.point + 1]];
  }
  if (pick.spot) return space === "feature" ? pick.spot : null;
  if (space === "input") return pick.place;
  return network ? network.image(pick.place) : null;
}

function probability(pick) {
  if (pick.point !== undefined) return sigmoid(source.logit[pick.point]);
  if (!network) return NaN;
  if (pick.place) return network.probability(pick.place);
  const [v1, v2, c] = network.line();
  return sigmoid(v1 * pick.spot[0] + v2 * pick.spot[1] + c);
}

function drawMarks() {
  const picks = [state.pinned, state.hover].filter(Boolean);
  for (const space of spaces) {
    const places = picks.flatMap((pick) => {
      const place = locate(pick, space.name);
      const P = probability(pick);
      const text = P < 0.0005 ? "P < 0.001" : P > 0.9995 ? "P > 0.999" : `P = ${format(P, 3)}`;
      return place ? [{ x: place[0], y: place[1], text, strong: pick === state.pinned }] : [];
    });
    space.mark(places, state.brush?.space === space ? state.brush.rect : null, ink);
  }
  $("readout").textContent = describe(state.hover ?? state.pinned);
}

function describe(pick) {
  if (!pick && state.chosen) return describeChosen();
  if (!pick) return "Point at a place to see it in both spaces. Click to pin it. Drag to select points.";
  const { point, spot } = pick;
  const x = spot ? [] : point === undefined ? pick.place : points.at(point);
  const parts = Array.from(x).slice(0, 3).map((value, i) => `${shorten(names[i], 20)} = ${format(value, 3)}`);
  const image = planes.feature && locate(pick, "feature");
  if (image) parts.push(...image.map((value, i) => `${planes.feature.labels[i].split(",")[0]} = ${format(value, 3)}`));
  parts.push(`P = ${format(probability(pick))}`);
  if (point === undefined) return [spot ? "Place in feature space" : "Place", ...parts].join(" · ");
  const outcome = isWrong(point) ? "misclassified" : "right";
  return [`Point ${point + 1} of ${classes[points.label[point]]}`, ...parts, outcome].join(" · ");
}

function describeChosen() {
  const members = [...points.label.keys()].filter((n) => state.chosen[n]);
  const ones = members.filter((n) => points.label[n]).length;
  const wrong = members.filter(isWrong).length;
  const counts = `${classes[0]}: ${members.length - ones}, ${classes[1]}: ${ones}`;
  return `${members.length} points selected (${counts}), ${wrong} of them misclassified. Esc lets them go.`;
}

function drawLegend() {
  const paths = document.querySelectorAll("#legend path");
  [0, 1].forEach((t) => {
    paths[2 * t].setAttribute("fill", ink.regions[t]);
    paths[2 * t + 1].setAttribute("fill", ink.points[t]);
    paths[2 * t + 1].setAttribute("d", MARKS[ink.markers[t]]);
  });
  paths[4].setAttribute("fill", ink.line);
}

const MARKS = {
  o: "M15 5a5 5 0 1 0 .01 0z",
  X: "M15 7.4l2.6-2.6 2.6 2.6-2.6 2.6 2.6 2.6-2.6 2.6-2.6-2.6-2.6 2.6-2.6-2.6 2.6-2.6-2.6-2.6 2.6-2.6z",
};

function drawPanel() {
  const { pinned } = state;
  const mean = $("mean").checked;
  const epoch = epochs[state.index];
  const title = mean
    ? `Mean over ${points.count.toLocaleString("en")} points at epoch ${epoch}`
    : !pinned ? "No point is pinned"
    : pinned.point === undefined ? `A place at epoch ${epoch}`
    : `Point ${pinned.point + 1} of ${classes[points.label[pinned.point]]} at epoch ${epoch}`;
  $("picked").textContent = title;
  const known = Boolean(diagram && (mean || pinned));
  $("hint").hidden = known;
  $("diagram").hidden = !known;
  $("backward").disabled = !known || (!mean && pinned.point === undefined);
  drawFeatures();
  if (!known) return;
  const { step } = data;
  const next = epochs[state.index + 1] === epoch + 1 ? network.parametersAt(state.index + 1) : null;
  diagram.draw({
    x: pinned && (pinned.place ?? points.at(pinned.point)),
    label: pinned?.point === undefined ? undefined : points.label[pinned.point],
    mean: mean ? network.mean(points) : null,
    backward: $("backward").checked,
    step, next, epochs: [epoch, epoch + 1],
  });
}

// With more than two features there is no input plane: a table of the pinned point's stands there.
function drawFeatures() {
  if (points.plane) return;
  const n = state.pinned?.point;
  $("features").hidden = n === undefined;
  $("nothing").hidden = n !== undefined;
  if (n === undefined) return;
  const rows = Array.from(points.at(n), (value, i) =>
    element("tr", {}, element("th", { textContent: names[i], scope: "row" }), element("td", { textContent: format(value) })),
  );
  $("features").tBodies[0].replaceChildren(...rows);
}

// What changes the state ---------------------------------------------------------------------------

function go(index) {
  state.index = Math.min(Math.max(index, 0), last);
  show("epoch");
}

function pin(pick) {
  state.pinned = pick;
  state.hover = null;
  if (pick) $("mean").checked = false;
  show("panel", ...(points.plane ? [] : ["view"]));
}

// Pin the point that comes next, one way or the other; `fits` says which may.
function seek(way, fits = () => true) {
  settle(); // the frame of this epoch may not be drawn yet
  const start = state.pinned?.point ?? (way > 0 ? -1 : 0);
  for (let k = 1; k <= points.count; k++) {
    const n = (start + way * k + points.count * 2) % points.count;
    if (fits(n)) return pin({ point: n });
  }
  say("No point is misclassified at this epoch.");
}

function letGo() {
  state.chosen = null;
  $("mean").checked = false;
  pin(null);
  show("view");
}

function play(playing) {
  if (playing && state.index === last) go(0);
  state.playing = playing;
  $("play").textContent = playing ? "Pause" : "Play";
  if (!playing) return show("epoch");
  let before = performance.now();
  let due = 0;
  const pace = calm.matches ? { rate: 1, stride: Math.max(1, Math.round(last / 20)) } : { rate: data.fps, stride: 1 };
  const frame = (now) => {
    if (!state.playing) return;
    due += ((now - before) / 1000) * pace.rate * Number($("speed").value);
    before = now;
    if (due >= 1) go(state.index + Math.floor(due) * pace.stride);
    due %= 1;
    if (state.index === last) play(false);
    else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function zoom(space, factor, place) {
  if (factor) space.zoom(factor, place);
  else space.reset();
  active = space;
  show("view");
}

// Keys ---------------------------------------------------------------------------------------------

const move = (across, up) => () => {
  const [l, b, r, t] = active.view;
  active.move(across * (r - l) * 0.1, up * (t - b) * 0.1);
  show("view");
};

const KEYS = {
  " ": () => play(!state.playing),
  ArrowLeft: (event) => go(state.index - (event.shiftKey ? 10 : 1)),
  ArrowRight: (event) => go(state.index + (event.shiftKey ? 10 : 1)),
  Home: () => go(0),
  End: () => go(last),
  n: () => seek(1),
  p: () => seek(-1),
  e: (event) => seek(event.shiftKey ? -1 : 1, isWrong),
  "+": () => zoom(active, 1.5),
  "=": () => zoom(active, 1.5),
  "-": () => zoom(active, 1 / 1.5),
  0: () => zoom(active, 0),
  w: move(0, 1),
  s: move(0, -1),
  a: move(-1, 0),
  d: move(1, 0),
  Escape: letGo,
  "?": () => $("keys").showModal(),
};

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  const { tagName } = event.target;
  if (event.key === " " && /BUTTON|INPUT|SELECT|SUMMARY/.test(tagName) && event.target.type !== "range") return;
  if (tagName === "SELECT") return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act(event);
}

// Pointers -----------------------------------------------------------------------------------------

function listen(space) {
  const down = new Map();
  let start = null;
  let before = []; // what was pinned before the last two clicks, which may be a double click
  const at = (event) => {
    const box = space.overlay.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const pick = (event) => {
    const [px, py] = at(event);
    const place = space.place(px, py);
    if (!place) return null;
    const point = space.nearest(source.images[space.name], px, py);
    if (point >= 0) return { point };
    if (!network) return null;
    return space.name === "input" ? { place } : { spot: place };
  };
  const on = (type, act) => space.overlay.addEventListener(type, act, { passive: false });

  on("pointerdown", (event) => {
    down.set(event.pointerId, at(event));
    space.overlay.setPointerCapture(event.pointerId);
    start = down.size === 1 && event.button === 0 ? at(event) : null;
    active = space;
  });
  on("pointermove", (event) => {
    const here = at(event);
    if (down.size === 2) pinch(event.pointerId, here);
    else if (start && (state.brush || Math.hypot(here[0] - start[0], here[1] - start[1]) > 6)) drag(here, event);
    else if (!down.size) {
      state.hover = pick(event);
      show("marks");
    }
    if (down.has(event.pointerId)) down.set(event.pointerId, here);
  });
  on("pointerup", (event) => {
    if (state.brush) {
      state.brush = null;
      start = null;
      show("view");
    } else if (start) {
      const found = pick(event);
      before = [before[1], state.pinned];
      if (found && !found.spot) pin(found);
      else if (event.pointerType !== "mouse") state.hover = found;
      show("marks");
    }
  });
  for (const type of ["pointerup", "pointercancel"]) {
    on(type, (event) => {
      down.delete(event.pointerId);
      if (type === "pointercancel") state.brush = null;
      start = null;
    });
  }
  on("pointerleave", () => {
    state.hover = null;
    show("marks");
  });
  on("dblclick", () => {
    pin(before[0] ?? null);
    zoom(space, 0);
  });
  on("wheel", (event) => {
    event.preventDefault();
    const [width, height] = space.pixel;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
      space.move((event.deltaX || event.deltaY) * width, 0);
      return show("view");
    }
    const place = space.place(...at(event));
    if (place) zoom(space, Math.exp(-event.deltaY / 400), place);
    return undefined;
  });

  // Two fingers: their distance zooms, their middle moves.
  function pinch(moved, here) {
    const [id] = [...down.keys()].filter((key) => key !== moved);
    const [other, was] = [down.get(id), down.get(moved)];
    const span = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
    const [width, height] = space.pixel;
    space.move((-(here[0] - was[0]) / 2) * width, ((here[1] - was[1]) / 2) * height);
    const place = space.place((here[0] + other[0]) / 2, (here[1] + other[1]) / 2);
    if (place && span(was) > 1) zoom(space, span(here) / span(was), place);
  }

  // The mouse or a finger selects points; with Shift, or the middle button, it moves the view.
  function drag(here, event) {
    if (event.shiftKey) {
      const was = down.get(event.pointerId);
      const [width, height] = space.pixel;
      space.move(-(here[0] - was[0]) * width, (here[1] - was[1]) * height);
      return show("view");
    }
    const [l, b, r, t] = space.view;
    const [x, y] = [(p) => l + ((p - space.toX(l)) / space.side) * (r - l), (p) => t - ((p - space.toY(t)) / space.side) * (t - b)];
    const across = [x(start[0]), x(here[0])].sort((m, n) => m - n);
    const up = [y(start[1]), y(here[1])].sort((m, n) => m - n);
    state.brush = { space, rect: [across[0], up[0], across[1], up[1]] };
    state.hover = null;
    const images = source.images[space.name];
    const inside = (v, [low, high]) => v >= low && v <= high;
    state.chosen = Uint8Array.from({ length: points.count }, (_, n) => inside(images[2 * n], across) && inside(images[2 * n + 1], up));
    if (!state.chosen.includes(1)) state.chosen = null;
    return show("view");
  }
}

// The link -----------------------------------------------------------------------------------------

function fragment() {
  const parts = new URLSearchParams({ epoch: epochs[state.index] });
  const { pinned } = state;
  if (pinned) parts.set(...(pinned.place ? ["place", pinned.place.join()] : ["point", pinned.point + 1]));
  for (const space of spaces) if (space.isZoomed) parts.set(space.name, space.view.map((v) => Number(v.toPrecision(7))).join());
  return `#${decodeURIComponent(parts)}`;
}

function readFragment() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const list = (name, length) => {
    const values = (parts.get(name) ?? "").split(",").map(parseFloat);
    return values.length === length && values.every(Number.isFinite) ? values : null;
  };
  const index = epochs.indexOf(Number(parts.get("epoch") ?? NaN));
  if (index >= 0) state.index = index;
  const point = Number(parts.get("point"));
  if (Number.isInteger(point) && point > 0 && point <= points.count) state.pinned = { point: point - 1 };
  const place = list("place", 2);
  if (place && points.plane && network) state.pinned = { place };
  for (const space of spaces) {
    const view = list(space.name, 4);
    if (view && view[0] < view[2] && view[1] < view[3]) space.view = view;
  }
}

async function copyLink() {
  history.replaceState(null, "", fragment());
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied.");
  } catch {
    say("The address above is the link.");
  }
}

function save(kind) {
  const shown = spaces.map((space) => [space, source.scene(space.name, space.view, space.pixel), seen(space)]);
  const title = `Epoch ${epochs[state.index]}: loss ${$("loss").textContent}, accuracy ${$("accuracy").textContent}`;
  picture(kind, shown, title, classes, ink, (blob) => download(blob, `epoch_${epochs[state.index]}.${kind}`));
}

// ---------------------------------------------------------------------------------------------------

function start() {
  $("slider").max = last;
  for (const [id, act] of Object.entries({
    play: () => play(!state.playing),
    first: () => go(0),
    back: () => go(state.index - 1),
    on: () => go(state.index + 1),
    end: () => go(last),
    previous: () => seek(-1),
    next: () => seek(1),
    error: () => seek(1, isWrong),
    earlier: () => seek(-1, isWrong),
    free: letGo,
    link: copyLink,
    svg: () => save("svg"),
    png: () => save("png"),
    help: () => $("keys").showModal(),
  })) $(id).addEventListener("click", act);
  for (const button of document.querySelectorAll("[data-epoch]")) {
    button.addEventListener("click", () => go(epochs.indexOf(Number(button.dataset.epoch))));
  }
  $("slider").addEventListener("input", () => go(Number($("slider").value)));
  const jump = (event) => event.buttons && go(timeline.index(event.offsetX));
  $("strip").addEventListener("pointerdown", jump);
  $("strip").addEventListener("pointermove", jump);
  for (const id of ["accessible", "errors"]) $(id).addEventListener("change", () => show("all"));
  for (const id of ["mean", "backward"]) $(id).addEventListener("change", () => show("panel"));
  for (const space of spaces) {
    listen(space);
    const [out, reset, into] = space.figure.querySelectorAll("button");
    into.addEventListener("click", () => zoom(space, 1.5));
    out.addEventListener("click", () => zoom(space, 1 / 1.5));
    reset.addEventListener("click", () => zoom(space, 0));
  }
  if (location.protocol === "about:") $("link").hidden = true;
  document.addEventListener("keydown", press);
  addEventListener("hashchange", () => (readFragment(), show("all")));
  night.addEventListener("change", () => show("all"));
  const resized = () => {
    const changed = [...spaces, timeline].map((part) => part.fit());
    if (changed.some(Boolean)) show("all");
    else show("panel");
  };
  const observer = new ResizeObserver(resized);
  [document.body, $("strip")].forEach((part) => observer.observe(part));
  readFragment();
  spaces.forEach((space) => space.fit());
  timeline.fit();
  stale.add("all");
  draw();
}

start();
window.page = { state, source, spaces, timeline, network, points, go, pin }; // for the curious, and for tests
