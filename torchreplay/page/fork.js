// A fork of a run: from an epoch on, the page trains the network by itself, in double precision, by plain
// steps down the mean gradient of all points trained on.

import { max } from "./geometry.js";
import { Network } from "./network.js";
import { range } from "./text.js";

const AHEAD = 100; // epochs that a fork has at first, at least
const POINTS = 64; // between two looks at the time
const MOST_EPOCHS = 20000;
const MOST_NUMBERS = 4e6; // of all parameters that are kept: 32 MB

class Grown extends Network {
  kept = [];

  parametersAt(index) {
    return this.kept[index];
  }
}

// A pass over the points at the parameters of a network: the gradient of the mean loss of those trained
// on, and what is measured, by the names of curves.
class Pass {
  next = 0; // point

  constructor(network, points) {
    Object.assign(this, { network, points, gradient: new Float64Array(network.count) });
    this.groups = [0, 1].map(() => ({ count: 0, loss: 0, right: 0, square: 0, sum: 0, squares: 0 }));
    this.classes = range(network.task.outputs, () => ({ count: 0, right: 0 }));
  }

  // Go on until a time, which is looked at now and then: whether all points are done.
  goOn(end) {
    const { network, points: { count, at, label, held } } = this;
    while (this.next < count) {
      const n = this.next++;
      if (held[n]) network.forward(at(n));
      else network.backward(at(n), label[n], this.gradient);
      this.note(label[n], network.output.z, held[n]);
      if (n % POINTS === 0 && performance.now() > end) return false;
    }
    return true;
  }

  note(y, z, isHeld) {
    const { groups: { [isHeld]: group }, classes, network: { task } } = this;
    const isRight = !task.isWrong(z, y);
    const shifted = y - this.points.label[0]; // few digits are lost
    group.count += 1;
    group.loss += task.loss(z, y);
    group.right += isRight;
    group.square += (z[0] - y) ** 2;
    group.sum += shifted;
    group.squares += shifted ** 2;
    if (task.outputs === 1 || isHeld) return;
    classes[y].count += 1;
    classes[y].right += isRight;
  }

  get ofClasses() {
    return this.classes.map(({ count, right }) => right / count);
  }

  get measured() {
    const found = {};
    this.groups.forEach(({ count, loss, right, square, sum, squares }, isHeld) => {
      const prefix = isHeld ? "held-out-" : "";
      const spread = squares / count - (sum / count) ** 2;
      const values = { loss: loss / count, accuracy: right / count, rmse: Math.sqrt(square / count), r2: 1 - square / count / spread };
      for (const name in values) found[prefix + name] = values[name];
    });
    return found;
  }
}

// A run that begins with some weights at an epoch of another run. `base`: that of the record; `end`:
// why its training has ended, the name of a sentence.
export function makeFork(base, { epoch, rate, weights, points }) {
  const { data, task } = base;
  const [network, trainer] = [new Grown(data.network, null, task), new Network(data.network, null, task)];
  const most = Math.min(MOST_EPOCHS, MOST_NUMBERS / trainer.count);
  trainer.w.set(weights);
  const fork = {
    ...base, base, rate, weights, points, network,
    source: null,
    name: data.words.fork,
    data: { ...data, beyond: true, step: { rate }, words: { ...data.words, ...data.fork.words } },
    epochs: [],
    curves: base.curves.map((curve) => ({ ...curve, values: [] })),
    ofClasses: [],
    horizon: max(base.epochs.at(-1), epoch + AHEAD),
    end: "",
    get isDone() {
      return this.end || this.epochs.at(-1) >= this.horizon;
    },
    // Train for some milliseconds, or until the horizon.
    train(milliseconds) {
      const end = performance.now() + milliseconds;
      while (!this.isDone && pass.goOn(end)) advance();
    },
    // Let training go twice as far: whether it goes on.
    extend() {
      this.horizon += max(this.horizon - epoch, 1);
      return !this.end;
    },
  };

  let pass = new Pass(trainer, points);

  // Keep the epoch at which the trainer is, and take a step.
  function advance() {
    const { measured, gradient, groups: [{ count }] } = pass;
    const { length } = fork.epochs;
    if (length && !Number.isFinite(measured.loss)) return void (fork.end = "diverged");
    network.kept.push(trainer.w.slice());
    fork.epochs.push(epoch + length);
    for (const { name, values } of fork.curves) values.push(measured[name]);
    fork.curves[0].most = max(fork.curves[0].most, measured.loss) || fork.curves[0].most;
    if (task.outputs > 1) fork.ofClasses.push(...pass.ofClasses);
    for (let k = 0; k < gradient.length; k++) trainer.w[k] -= rate * (gradient[k] / count);
    if (length + 1 >= most) fork.end = "full";
    pass = new Pass(trainer, points);
  }

  pass.goOn(Infinity);
  advance();
  return fork;
}
