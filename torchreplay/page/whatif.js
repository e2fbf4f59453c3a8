// What if: a fork of the run that is shown. The page trains it in slices, and each change makes a new one
// from the epoch that is shown.

import { edited } from "./changes.js";
import { makeFork } from "./fork.js";
import { max } from "./geometry.js";
import { choose, data, epochs, ghost, last, nearest, network, points, run } from "./record.js";
import { change, show, state } from "./state.js";
import { $ } from "./text.js";
import { drawTime } from "./timeline.js";

const SLICE = 5; // milliseconds of a frame in which the page trains
let wanted = null; // the epoch of a link, which training has yet to reach
let isTraining = false;

// Begin a fork with some changes at the epoch that is shown.
export function fork(changes = {}) {
  const { base = run, rate = data.fork.rate } = run;
  const weights = Float64Array.from(network.parametersAt(state.index));
  begin(base, { epoch: epochs[state.index], rate, weights, points, ...changes });
}

// Show another run on the same points, of which some may be gone: what is pinned stays.
function exchange(chosen, other) {
  const { pinned } = state;
  const id = points.ids[pinned?.point];
  change(chosen, other);
  const point = points.ids.indexOf(id);
  state.pinned = id === undefined ? pinned : point < 0 ? null : { point };
}

// Show a fork of a run; epoch: where it is to be shown.
export function begin(base, spec, epoch = null) {
  const made = makeFork(base, spec);
  const more = () => made.extend() && (train(), true);
  exchange(Object.assign(made, { more, before: run.base ? run.before : ghost }), base);
  if (!state.pinned) $("mean").checked = true; // the diagram is to be seen
  [state.index, wanted] = [0, epoch];
  made.horizon = max(made.horizon, epoch);
  train();
}

// Back to the record.
export const endFork = () => exchange(run.base, run.before);

// Change the points of the fork by an act on a list of them; see `edited`.
export const forkPoints = (act) => fork({ points: edited(run, points, act) });

export function forkWeight(at, value) {
  const weights = Float64Array.from(network.parametersAt(state.index));
  weights[at] = value;
  fork({ weights });
}

// Train on, a slice in each frame, until the fork has the epochs that it is to have.
function train() {
  if (isTraining) return;
  isTraining = true;
  requestAnimationFrame(slice);
}

function slice() {
  isTraining = Boolean(run.base) && !run.isDone;
  if (!isTraining) return show();
  const { index } = state;
  const isAtEnd = index === last;
  run.train(SLICE);
  choose(run, ghost);
  if (index) wanted = null; // someone has gone elsewhere
  const isReached = wanted !== null && (epochs[last] >= wanted || run.end);
  if (state.follows && isAtEnd) state.index = last;
  if (isReached) [state.index, wanted] = [nearest(run, wanted), null];
  if (isAtEnd || isReached) show(); // what comes after this epoch is shown, too
  else drawTime(index);
  requestAnimationFrame(slice);
}
