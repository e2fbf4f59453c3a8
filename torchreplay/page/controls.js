// The controls of a fork: its learning rate, its weights, and its points and their labels.

import { distance } from "./geometry.js";
import { classes, classWord, data, network, points, run, task } from "./record.js";
import { remember } from "./remember.js";
import { imagesIn } from "./source.js";
import { allSpaces, pin, say, state } from "./state.js";
import { $, element, range } from "./text.js";
import { endFork, fork, forkPoints, forkWeight } from "./whatif.js";

const FULL_DRAG = 150; // pixels of a drag that changes a weight by the largest one of the record
const FAR = 4; // pixels that make a press on a wire a drag
const label = $(task.criterion ? "label" : "class");
const option = (text, value) => Object.assign(element("option", "", text), { value });

// Begin a fork, or go back to the record.
export function toggleFork() {
  $("edit").value = "";
  if (run.base) return endFork();
  fork();
  say(data.words.lead, false);
}

// Write what the fork is, but not into what someone types.
export function drawFork() {
  $("fork").hidden = $("weights").hidden = !run.base;
  $("what-if").textContent = run.base ? "Back to the record" : "What if";
  document.documentElement.dataset.edit = run.base ? $("edit").value : "";
  if (!run.base) return;
  for (const id of ["lead", "about"]) $(id).textContent = data.words[id];
  offerWeights(network.shape);
  if (!task.criterion) offerClasses(classes);
  write($("rate"), run.rate);
  write($("value"), Number(network.w[$("weight").value].toPrecision(6)));
  if (state.pinned?.point >= 0) write(label, points.label[state.pinned.point]);
  $("ended").textContent = run.end && data.words[run.end];
}

const write = (input, value) => input === document.activeElement || (input.value = value);
const offerWeights = remember(({ rows }) => $("weight").replaceChildren(...rows.map(([name, at]) => option(name, at))));
const offerClasses = remember((classes) => $("class").replaceChildren(...range(classes.length, (k) => option(classWord(k), k))));

// Take a number that is typed, if it fits; otherwise a sentence says what does.
function take(input, fits, act, sentence = "number") {
  input.addEventListener("change", () => {
    const value = input.value === "" ? NaN : Number(input.value);
    if (fits(value)) act(value);
    else say(data.words[sentence]);
  });
}

take($("rate"), (value) => value > 0 && Number.isFinite(value), (rate) => fork({ rate }), "rate");
take($("value"), Number.isFinite, (value) => forkWeight(Number($("weight").value), value));
take(label, Number.isFinite, (value) => {
  const id = points.ids[state.pinned?.point];
  if (id === undefined) say(data.words.unpinned);
  else forkPoints((all) => all.forEach((one) => one.id === id && (one.label = value)));
});

// A wire of the diagram, or a row of its table, is the weight that is changed.
function choose(at) {
  if (![...$("weight").options].some(({ value }) => value === at)) $("weight").append(option(`weight ${at}`, at));
  $("weight").value = at;
  drawFork();
}

// Let its value be typed.
function type() {
  $("value").focus({ preventScroll: true });
  $("value").select();
}

$("diagram").addEventListener("pointerdown", (event) => {
  const { at } = event.target.closest("[data-at]")?.dataset ?? {};
  if (!at || !run.base) return;
  const [start, from] = [[event.clientX, event.clientY], network.w[at]];
  let isDragged = false;
  choose(at);
  const drag = ({ clientX, clientY }) => {
    isDragged ||= distance(start, [clientX, clientY]) > FAR;
    if (isDragged && event.target.matches(".grip")) forkWeight(Number(at), from + ((start[1] - clientY) / FULL_DRAG) * data.largest);
  };
  const listening = new AbortController();
  const on = (type, act) => document.addEventListener(type, act, { signal: listening.signal });
  const drop = () => {
    listening.abort();
    if (!isDragged) setTimeout(type);
  };
  on("pointermove", drag);
  for (const type of ["pointerup", "pointercancel"]) on(type, drop);
});

// What a place of the input space says of a point.
const featuresAt = ([x, y]) => (data.is_graph ? { row: [x], label: y } : { row: [x, y] });

// Points are added, moved and deleted in a space before anything else is done there.
for (const space of allSpaces) {
  let moved; // the id of the point that is moved
  const on = (type, act) => space.canvas.addEventListener(type, (event) => {
    const kind = run.base && !space.isGhost ? $("edit").value : "";
    if (!kind || (kind !== "delete" && space.name !== "input")) return;
    event.stopImmediatePropagation();
    act(kind, [event.offsetX, event.offsetY], event);
  }, true);
  const found = (pixel) => points.ids[space.nearest(imagesIn(space), pixel)];
  on("pointerdown", (kind, pixel, { pointerId }) => {
    moved = kind === "move" ? found(pixel) : undefined;
    if (moved !== undefined) space.canvas.setPointerCapture(pointerId);
  });
  on("pointermove", (kind, pixel) => {
    if (moved === undefined || !space.holds(pixel)) return;
    forkPoints((all) => all.forEach((one) => one.id === moved && Object.assign(one, featuresAt(space.toPlace(pixel)))));
  });
  for (const type of ["pointerup", "pointercancel"]) on(type, () => (moved = undefined));
  on("dblclick", () => {});
  on("click", (kind, pixel) => {
    if (kind === "add" && space.holds(pixel)) add(space.toPlace(pixel));
    if (kind === "delete") remove(found(pixel));
  });
}

function add(place) {
  const id = points.ids.at(-1) + 1;
  forkPoints((all) => all.push({ id, label: Number(label.value), held: 0, ...featuresAt(place) }));
  pin({ point: points.ids.indexOf(id) });
}

function remove(id) {
  const isOnly = points.trained.length === 1 && points.ids[points.trained[0]] === id;
  if (id === undefined || isOnly) return;
  forkPoints((all) => all.splice(points.ids.indexOf(id), 1));
}
