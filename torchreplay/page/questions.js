// What a stop of the tour asks: a line to draw, an epoch, or a choice; and the answer over the guess.

import { Drawing } from "./drawing.js";
import { curves, data, epochs, nearest, run } from "./record.js";
import { go, spaces, state } from "./state.js";
import { largest } from "./task.js";
import { $, element } from "./text.js";
import { share } from "./timeline.js";

let guess = {}; // of the stop that is shown: what it is made with, and whether the answer is shown

export function button(text, action) {
  const made = element("button", "", text);
  made.dataset.do = action;
  return made;
}

// Of each kind, `ask` makes what one guesses with: elements above the row of buttons, and in it. `answer`
// shows the answer, and returns what the record says of it.
const QUESTIONS = {
  draw: {
    ask({ space }) {
      guess.drawing = new Drawing(spaces.find(({ name }) => name === space));
      guess.note = element("p", "note", `Draw with mouse, pen or finger in the ${space} space.`);
      return [[guess.note], [button("Clear", "clear"), button("Draw with keys", "pen")]];
    },
    answer(epoch) {
      guess.note.remove();
      guess.drawing.end();
      go(nearest(run, Number(epoch)));
    },
  },

  epoch: {
    ask() {
      const field = Object.assign(element("input"), { type: "number", min: 0, max: data.last, step: data.every });
      field.addEventListener("change", () => {
        if (!field.value) return;
        guess.isMade = true;
        go(nearest(run, Number(field.value)));
      });
      field.addEventListener("click", (event) => event.stopPropagation()); // it stays focused
      Object.assign(guess, { field, start: state.index });
      return [[], [element("label", "", `${data.Label} `, field)]];
    },
    answer(kind, value) {
      const [found, guessed] = [FOUND[kind](value), epochs[state.index]];
      if (guess.isMade) mark(state.index);
      if (found >= 0) go(found);
      const said = found < 0 ? `The record has no such ${data.label}.` : `It is ${data.label} ${epochs[found]}.`;
      return guess.isMade ? `${said} Your guess was ${guessed}.` : said;
    },
  },

  choice: {
    ask({ options }) {
      const choices = options.map((option) => {
        const radio = Object.assign(element("input"), { type: "radio", name: "option" });
        return element("label", "", radio, option);
      });
      return [[element("fieldset", "", element("legend", "note", "What do you expect?"), ...choices)], []];
    },
    answer() {},
  },
};

// Where a curve has what is asked for: the index of an epoch, or -1.
const FOUND = {
  right: () => valuesOf("accuracy").indexOf(1),
  loss: (level) => valuesOf("loss").findIndex((value) => value < level),
  fastest: () => largest(valuesOf("loss").map((value, k, all) => value - all[k + 1]).slice(0, -1)),
};
const valuesOf = (wanted) => curves.find(({ name }) => name === wanted).values;

// Mark a guess on the curves.
function mark(index) {
  guess.mark = element("div", "guess");
  guess.mark.style.left = `${100 * share(epochs[index])}%`;
  $("curves").append(guess.mark);
}

// What one guesses with at a stop, and a row of buttons.
export function ask(stop) {
  if (!stop.ask) return [element("div", "row")];
  const [above, beside] = QUESTIONS[stop.ask.split(" ")[0]].ask(stop);
  return [...above, element("div", "row", button("Show", "answer"), ...beside)];
}

export function forget() {
  guess.drawing?.remove();
  guess.mark?.remove();
  guess = {};
}

// Show the answer: the texts that say it.
export function answer(stop) {
  const [kind, ...words] = stop.ask.split(" ");
  const found = QUESTIONS[kind].answer(...words);
  guess.isAnswered = true;
  return [found, ...(stop.answer ?? [])].filter(Boolean);
}

export const drawingActions = { clear: () => guess.drawing.clear(), pen: () => guess.drawing.focus() };

// Draw the guess at the epoch that is shown.
export function drawGuess() {
  const { drawing, field, isAnswered } = guess;
  drawing?.draw();
  if (!field || isAnswered) return;
  guess.isMade ||= state.index !== guess.start;
  if (guess.isMade) field.value = epochs[state.index];
}
