// A training run as the training program makes one (explorer/training/loop.py), with what the run monitor shows of it.
import { INPUTS, PIXELS, backward, crossEntropy, descend, forward, inputsOf, measure, normalisation, untrained, zerosLike } from "./network.js";

const SIDE = Math.sqrt(PIXELS);
const ROWS = 1000; // of steps; when there are more, pairs are merged, as in explorer/runs/history.py
const WARM_UP = 0.2; // as in explorer/training/optimisation.py

// From the share of the run that is over to the share of the peak learning rate.
const SCHEDULES = {
  constant: () => 1,
  linear: (done) => 1 - done,
  cosine: (done) => 0.5 + 0.5 * Math.cos(Math.PI * done),
  "one-cycle": (done) => Math.min(done / WARM_UP, (1 - done) / (1 - WARM_UP)),
};

// Random numbers of a seed: mulberry32 by Tommy Ettinger, and the normal distribution by Box and Muller.
export function generator(seed) {
  let state = seed >>> 0;
  function uniform() {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  function shuffled(count) {
    const order = Int32Array.from({ length: count }, (_, at) => at);
    for (let at = count - 1; at > 0; at -= 1) {
      const other = Math.floor(uniform() * (at + 1));
      [order[at], order[other]] = [order[other], order[at]];
    }
    return order;
  }
  return { uniform, normal, shuffled };
}

// The steps: rows of explorer/runs/answer.py, at most ROWS.
export class History {
  rows = [];
  #width = 1; // steps in a row

  add({ step, loss, rate, seconds, images, gradient, update }) {
    const row = [step, step, loss, loss, loss, rate, seconds, images, gradient, update];
    const last = this.rows.at(-1);
    if (last && last[1] - last[0] + 1 < this.#width) return merge(last, row);
    if (this.rows.length === ROWS) {
      this.rows = this.rows.filter((each, at) => (at % 2 ? merge(this.rows[at - 1], each) : true));
      this.#width *= 2;
    }
    this.rows.push(row);
  }
}

function merge(row, later) {
  const [before, after] = [row, later].map(([first, last]) => last - first + 1);
  const [mean, low, high] = [(row[2] * before + later[2] * after) / (before + after), Math.min(row[3], later[3]), Math.max(row[4], later[4])];
  row.splice(1, row.length, later[1], mean, low, high, ...later.slice(5));
}

// data: { classes, train: { images, labels }, test: { images, labels } } with images as uint8 (n, 32, 32, 3);
// settings: complete ones of explorer/protocol/options.py.
export class Training {
  step = 0;
  images = 0;
  epoch = 0; // the epochs that have begun
  seconds = 0; // of steps alone
  evaluations = [];
  changes = [];
  diverged = null; // the first step whose loss was not finite
  reason = null; // why it is over
  #pace = { steps: Infinity, wholeEpoch: false }; // steps until it pauses
  #order = [];
  #position = 0;
  #lossOfEpoch = { sum: 0, images: 0 };
  #history = new History();

  constructor({ classes, train, test }, settings) {
    this.classes = classes.length;
    this.settings = { ...settings };
    const norm = settings.no_normalise ? { mean: [0, 0, 0], deviation: [1, 1, 1] } : normalisation(train.images);
    this.inputs = inputsOf(train.images, norm);
    this.labels = train.labels;
    this.test = { inputs: inputsOf(test.images, norm), labels: test.labels };
    this.random = generator(settings.seed);
    this.layers = untrained(settings, this.classes, this.random);
    this.velocities = zerosLike(this.layers);
    this.firstOfClass = classes.map((_, k) => test.labels.indexOf(k));
    this.evaluate();
  }

  get rows() {
    return this.#history.rows;
  }

  get paused() {
    return this.#pace.steps === 0 && !this.reason;
  }

  // The share of the run that is over, by steps or by time, whichever is larger.
  get #done() {
    const { epochs, max_seconds: limit, batch_size: size } = this.settings;
    const perEpoch = Math.ceil(this.labels.length / size);
    return Math.min(1, Math.max(epochs ? this.step / (epochs * perEpoch) : 0, limit ? this.seconds / limit : 0));
  }

  obey({ command, ...values }) {
    if (command === "stop") return this.#end("stopped");
    if (command === "set") {
      Object.assign(this.settings, values);
      this.changes.push({ step: this.step, ...values });
    } else {
      this.#pace = { steps: { pause: 0, step: values.steps }[command] ?? Infinity, wholeEpoch: command === "epoch" };
    }
  }

  // Take a step, and evaluate at the end of an epoch and of the run.
  advance() {
    const begun = performance.now();
    const measured = this.descend(this.nextBatch());
    this.seconds += (performance.now() - begun) / 1000;
    const { seconds, images, step } = this;
    this.#history.add({ step, seconds, images, ...measured });
    if (this.diverged === null && !Number.isFinite(measured.loss)) this.diverged = step;
    this.#pace.steps -= 1;
    const { epochs, max_seconds: limit } = this.settings;
    const isEpochOver = this.#position === this.labels.length;
    if (isEpochOver) this.evaluate();
    if (isEpochOver && this.#pace.wholeEpoch) this.obey({ command: "pause" });
    if (isEpochOver && this.epoch === epochs) this.#end("epochs");
    else if (limit && seconds >= limit) this.#end("seconds");
  }

  // The inputs and labels of the next batch, mirrored at random where the settings ask for flips.
  nextBatch() {
    if (this.#position >= this.#order.length) {
      this.#order = this.random.shuffled(this.labels.length);
      this.#position = 0;
      this.epoch += 1;
    }
    const chosen = this.#order.subarray(this.#position, this.#position + this.settings.batch_size);
    this.#position += chosen.length;
    const inputs = new Float32Array(chosen.length * INPUTS);
    chosen.forEach((image, row) => {
      inputs.set(rowOf(this.inputs, image, INPUTS), row * INPUTS);
      if (this.settings.augment === "flip" && this.random.uniform() < 0.5) mirror(rowOf(inputs, row, INPUTS));
    });
    return { inputs, labels: Uint8Array.from(chosen, (image) => this.labels[image]) };
  }

  descend({ inputs, labels }) {
    const count = labels.length;
    const { learning_rate: peak, schedule, momentum, weight_decay: decay, label_smoothing: smoothing } = this.settings;
    const rate = peak * SCHEDULES[schedule](this.#done);
    const outputs = forward(this.layers, inputs, count);
    const { losses, gradient } = crossEntropy(outputs.at(-1), labels, this.classes, smoothing);
    const gradients = backward(this.layers, outputs, gradient.map((component) => component / count), count);
    const norms = descend(this.layers, gradients, this.velocities, { rate, momentum, decay });
    const sum = losses.reduce((a, b) => a + b, 0);
    this.step += 1;
    this.images += count;
    this.#lossOfEpoch.sum += sum;
    this.#lossOfEpoch.images += count;
    return { loss: sum / count, rate, ...norms };
  }

  evaluate() {
    const { inputs, labels } = this.test;
    const logits = forward(this.layers, inputs, labels.length).at(-1);
    const { sum, images } = this.#lossOfEpoch;
    this.#lossOfEpoch = { sum: 0, images: 0 };
    this.evaluations.push({
      epoch: this.epoch, step: this.step, seconds: this.seconds,
      train_loss: images ? sum / images : null,
      ...measure(logits, labels, this.classes),
      logits: this.firstOfClass.map((image) => [...rowOf(logits, image, this.classes)]),
    });
  }

  // The logits of the first test image of each class.
  samples() {
    const inputs = new Float32Array(this.classes * INPUTS);
    this.firstOfClass.forEach((image, row) => inputs.set(rowOf(this.test.inputs, image, INPUTS), row * INPUTS));
    const logits = forward(this.layers, inputs, this.classes).at(-1);
    return this.firstOfClass.map((_, row) => [...rowOf(logits, row, this.classes)]);
  }

  #end(reason) {
    this.reason = reason;
    if (this.evaluations.at(-1).step < this.step) this.evaluate();
  }
}

// A row of a matrix: a view, not a copy.
const rowOf = (matrix, row, width) => matrix.subarray(row * width, (row + 1) * width);

function mirror(image) {
  for (let from = 0; from < INPUTS; from += SIDE) image.subarray(from, from + SIDE).reverse();
}
