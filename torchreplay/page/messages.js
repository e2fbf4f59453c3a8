// Messages between the page in a frame and its host, the window that holds the frame, see `docs/page.md`.
// Nobody else is heard.

import { epochs, ghost, last, nearest, network, points, regrow, run, runs } from "./record.js";
import { remember } from "./remember.js";
import { reserve } from "./screen.js";
import { change, go, pin, show, state } from "./state.js";
import { range } from "./text.js";

const KIND = "torchreplay"; // of all messages, before the colon of their types
const host = parent === window ? null : parent;
const isPoint = (n) => Number.isInteger(n) && n >= 0 && n < points.count;
const isPlace = (place) => Array.isArray(place) && place.length === 2 && place.every(Number.isFinite);

const HEARD = {
  // epoch: its count, or null for the last one, which is followed. pinned: the number of a point, a place of
  // the input space, or null. selection: numbers of points. What is left out stays.
  show({ epoch, pinned, selection }) {
    if (epoch === null) go(last);
    if (Number.isFinite(epoch)) go(nearest(run, epoch));
    if (isPoint(pinned)) pin({ point: pinned });
    else if (pinned === null) pin(null);
    else if (isPlace(pinned) && network && points.plane) pin({ place: pinned });
    const chosen = Array.isArray(selection) && new Set(selection.filter(isPoint));
    if (chosen) state.chosen = chosen.size ? range(points.count, (n) => chosen.has(n)) : null;
    show();
  },
  // record: what of the record is another since training went on. Its last epoch is followed.
  append({ record }) {
    const isAtEnd = run === runs[0] && state.index === last;
    regrow(runs[0], record);
    change(run, ghost);
    if (isAtEnd) state.index = last;
    reserve();
  },
};

const tell = (type, message) => host.postMessage({ type: `${KIND}:${type}`, ...message }, "*");
const report = remember((epoch, pinned, chosen) => {
  const selection = chosen ? range(points.count).filter((n) => chosen[n]) : [];
  tell("shown", { epoch, pinned: pinned?.point ?? pinned?.place ?? null, selection });
});

// Listen to the host, and say what is shown whenever it changes; not of forks, which have other points.
export function serve() {
  if (!host) return;
  const { draw } = show;
  show.draw = () => {
    draw();
    if (run === runs[0]) report(state.index === last ? null : epochs[state.index], state.pinned, state.chosen);
  };
  addEventListener("message", ({ source, data }) => {
    const [kind, name] = String(data?.type).split(":");
    if (source === host && kind === KIND && Object.hasOwn(HEARD, name)) HEARD[name](data);
  });
  tell("ready");
}
