// The tour: stops that one steps through, each with its text, its view and what it asks.

import { clamp } from "./geometry.js";
import { PARTS, readFragment } from "./link.js";
import { answer, ask, button, drawGuess, drawingActions, forget } from "./questions.js";
import { data, epochs } from "./record.js";
import { allSpaces, say, state } from "./state.js";
import { $, element } from "./text.js";

const { tour: stops } = data;
const paragraph = (text) => element("p", "", text);
const present = () => stops[state.stop - 1];

let built = 0; // the stop that the card shows; null if it is to be shown anew
let before = 1; // the stop at which the tour was closed

export const tourActions = {
  tour: () => (state.stop ? leave() : enter()),
  stop: (way) => visit(state.stop ? clamp(state.stop + way, 1, stops.length) : before),
  again() {
    visit(state.stop);
    $("stop").focus({ preventScroll: true });
  },
  answer: showAnswer,
  ...drawingActions,
  try: () => follow(`${present().try}&${present().at}`),
};

function visit(number) {
  const { at, text } = stops[number - 1];
  follow(at);
  built = null;
  say(`Stop ${number} of ${stops.length}. ${text.join(" ")}`, false);
}

// Follow a link, at the epoch that is shown if it names none, and as alone: of two parts the first counts.
const follow = (link) => readFragment(`${link}&epoch=${epochs[state.index]}&only=${document.documentElement.dataset.only}`);

function enter() {
  visit(before);
  $("tour").hidden = false;
  $("tour").focus({ preventScroll: true });
}

function leave() {
  [before, state.stop] = [state.stop, 0];
  say("The tour is closed.", false);
  document.querySelector("[data-do=tour]").focus();
}

function showAnswer() {
  const texts = answer(present());
  const [row, made] = [$("stop").lastChild, texts.map(paragraph)];
  row.before(...made);
  row.replaceChildren(button("Ask again", "again"), ...tries());
  row.firstChild.focus({ preventScroll: true });
  if (made.length) $("stop").scrollTop = made[0].offsetTop;
  say(texts.join(" "), false);
}

// Keys that one types a number or chooses with do nothing else.
$("stop").addEventListener("keydown", (event) => {
  const { key, target: { type } } = event;
  if (type === "number" || (type === "radio" && (key === " " || key.startsWith("Arrow")))) event.stopPropagation();
});

// What a stop suggests to try is a part of a link, if links have it.
const tries = () => (PARTS.includes(present().try?.split("=")[0]) ? [button("Try it", "try")] : []);

// Draw the stop that the state names, and the guess made there.
export function drawTour() {
  if (built !== state.stop) build(present());
  drawGuess();
}

function build(stop) {
  built = state.stop;
  $("tour").hidden = !stop;
  document.documentElement.classList.toggle("toured", Boolean(stop));
  for (const one of document.querySelectorAll("[data-do=tour]")) one.ariaExpanded = Boolean(stop);
  for (const { name, figure } of allSpaces) figure.classList.toggle("named", name === stop?.space);
  forget();
  if (!stop) return;
  $("stop-title").textContent = `${built} of ${stops.length}`;
  for (const one of $("tour").querySelectorAll("[data-do=stop]")) one.ariaDisabled = !stops[built - 1 + Number(one.value)];
  $("stop").replaceChildren(...stop.text.map(paragraph), ...ask(stop));
  if (!stop.ask) $("stop").lastChild.append(...tries());
  $("stop").scrollTop = 0;
  reveal(stop.space ?? document.documentElement.dataset.opens);
}

// The card stands beside the spaces or below them. There it stays in sight, above the time if that does.
const isSticky = (id) => getComputedStyle($(id)).position === "sticky";
const dock = () => ($("tour").style.bottom = `${isSticky("time") ? $("time").offsetHeight : 0}px`);
addEventListener("resize", dock);

// Scroll, if need be, to where the spaces are seen together with the card, or the one of a name.
function reveal(name) {
  dock();
  const isBelow = $("tour").offsetTop > $("spaces").offsetTop;
  const room = innerHeight - isBelow * ($("tour").offsetHeight + isSticky("tour") * parseFloat($("tour").style.bottom));
  const seen = [$("spaces"), $(name)].find((one) => one?.offsetHeight <= room);
  if (!seen) return $("tour").scrollIntoView({ block: "nearest" });
  const { top, bottom } = seen.getBoundingClientRect();
  if (top < 0 || bottom > room) seen.scrollIntoView();
}
