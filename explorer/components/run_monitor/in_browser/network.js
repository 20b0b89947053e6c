// Softmax regression and the network with one hidden layer, and how they are trained: a few products of matrices. They
// are those of explorer/training/models.py, losses.py and optimisation.py; a test compares the two step by step.
//
// A network is a list of layers from the pixels to the logits, each { inputs, outputs, weights (outputs × inputs), bias },
// with a rectifier, max(0, x), between two of them. Matrices are rows one after the other in a Float32Array; sums are in
// double precision.
export const PIXELS = 32 * 32;
export const INPUTS = 3 * PIXELS;

// The layers before training: small weights, so that the logits are nearly equal and the first loss is ln K, for K classes.
// random.uniform() is in [0, 1), random.normal() has mean 0 and standard deviation 1.
export function untrained({ model, width, zero_weights: zero }, classes, random) {
  const bound = 1 / Math.sqrt(INPUTS);
  const uniform = () => bound * (2 * random.uniform() - 1);
  const head = (deviation) => () => deviation * random.normal();
  const nothing = () => 0;
  const layer = (inputs, outputs, weight, bias) => ({
    inputs, outputs,
    weights: Float32Array.from({ length: inputs * outputs }, zero ? nothing : weight),
    bias: Float32Array.from({ length: outputs }, zero ? nothing : bias),
  });
  if (model === "softmax") return [layer(INPUTS, classes, head(0.001), nothing)];
  return [layer(INPUTS, width, uniform, uniform), layer(width, classes, head(0.01), nothing)];
}

// Mean and standard deviation of each colour over images, uint8 (n, 32, 32, 3).
export function normalisation(images) {
  const count = images.length / 3;
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  for (let at = 0; at < images.length; at += 1) {
    sums[at % 3] += images[at];
    squares[at % 3] += images[at] ** 2;
  }
  const mean = sums.map((sum) => sum / count);
  const deviation = mean.map((m, k) => Math.max(1, Math.sqrt((squares[k] - count * m * m) / (count - 1))));
  return { mean, deviation };
}

// Images, uint8 (n, 32, 32, 3), as rows of normalised inputs (n, 3 × 32 × 32): all of red, then green, then blue.
export function inputsOf(images, { mean, deviation }) {
  const rows = new Float32Array(images.length);
  for (let at = 0; at < images.length; at += 1) {
    const colour = at % 3;
    const pixel = (at - colour) / 3;
    const row = Math.floor(pixel / PIXELS);
    rows[row * INPUTS + colour * PIXELS + (pixel % PIXELS)] = (images[at] - mean[colour]) / deviation[colour];
  }
  return rows;
}

// The outputs of all layers for `count` rows of inputs, the inputs first and the logits last.
export function forward(layers, inputs, count) {
  const outputs = [inputs];
  layers.forEach((layer, at) => {
    const values = linear(layer, outputs.at(-1), count);
    const isHidden = at < layers.length - 1;
    outputs.push(isHidden ? values.map((value) => (value < 0 ? 0 : value)) : values); // nan stays nan
  });
  return outputs;
}

// x Wᵀ + b. Four sums at a time, so that each input is read a quarter as often.
function linear({ inputs: width, outputs, weights, bias }, x, count) {
  const values = new Float32Array(count * outputs);
  for (let row = 0; row < count; row += 1) {
    const from = row * width;
    let k = 0;
    for (; k + 3 < outputs; k += 4) {
      const w0 = k * width;
      const w1 = w0 + width;
      const w2 = w1 + width;
      const w3 = w2 + width;
      let a = bias[k];
      let b = bias[k + 1];
      let c = bias[k + 2];
      let d = bias[k + 3];
      for (let j = 0; j < width; j += 1) {
        const input = x[from + j];
        a += input * weights[w0 + j];
        b += input * weights[w1 + j];
        c += input * weights[w2 + j];
        d += input * weights[w3 + j];
      }
      const to = row * outputs + k;
      values[to] = a;
      values[to + 1] = b;
      values[to + 2] = c;
      values[to + 3] = d;
    }
    for (; k < outputs; k += 1) {
      let sum = bias[k];
      for (let j = 0; j < width; j += 1) sum += x[from + j] * weights[k * width + j];
      values[row * outputs + k] = sum;
    }
  }
  return values;
}

// H(p, q) = −Σ p ln q of each row in nats, with q the softmax of the logits and p = (1 − ε) onehot(y) + ε/K, and its
// gradient q − p. ln q_k = f_k − max f − ln Σ e^(f − max f), exact however large the logits are; several of +∞, or nothing
// but −∞, have no limit: nan.
export function crossEntropy(logits, labels, classes, smoothing = 0) {
  const share = smoothing / classes;
  const losses = new Float64Array(labels.length);
  const gradient = new Float32Array(logits.length);
  const gaps = new Float64Array(classes);
  labels.forEach((label, row) => {
    const from = row * classes;
    const best = largest(logits, from, classes);
    let others = 0;
    for (let k = 0; k < classes; k += 1) {
      gaps[k] = k === best ? 0 : logits[from + k] - logits[from + best]; // also where both are infinite
      if (k !== best) others += Math.exp(gaps[k]);
    }
    const log = Math.log1p(others); // of the sum, whose largest term is 1
    let rest = 0;
    for (let k = 0; k < classes; k += 1) {
      const p = k === label ? 1 - smoothing + share : share;
      if (p > 0) losses[row] += p * (log - gaps[k]);
      if (k === label) continue;
      gradient[from + k] = Math.exp(gaps[k] - log) - p;
      rest += Math.exp(gaps[k] - log) - p;
    }
    gradient[from + label] = -rest; // the components sum to 0; this way the last one is not lost where q is nearly 1
  });
  return { losses, gradient };
}

function largest(values, from, count) {
  let best = 0;
  for (let k = 1; k < count; k += 1) if (values[from + k] > values[from + best]) best = k;
  return best;
}

// The gradients of all layers, { weights, bias }, from that of the logits.
export function backward(layers, outputs, ofLogits, count) {
  let gradient = ofLogits;
  const found = [];
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const layer = layers[at];
    found.unshift({ weights: outer(gradient, outputs[at], layer, count), bias: columnSums(gradient, layer.outputs, count) });
    if (at > 0) gradient = through(gradient, layer, outputs[at], count);
  }
  return found;
}

// δᵀ x, (outputs × inputs). Four rows at a time.
function outer(gradient, x, { inputs: width, outputs }, count) {
  const product = new Float32Array(outputs * width);
  for (let k = 0; k < outputs; k += 1) {
    const to = k * width;
    for (let row = 0; row < count; row += 4) {
      const at = row * outputs + k;
      const a = gradient[at];
      const b = row + 1 < count ? gradient[at + outputs] : 0;
      const c = row + 2 < count ? gradient[at + 2 * outputs] : 0;
      const d = row + 3 < count ? gradient[at + 3 * outputs] : 0;
      if (a === 0 && b === 0 && c === 0 && d === 0) continue;
      const x0 = row * width;
      const x1 = Math.min(row + 1, count - 1) * width;
      const x2 = Math.min(row + 2, count - 1) * width;
      const x3 = Math.min(row + 3, count - 1) * width;
      for (let j = 0; j < width; j += 1) product[to + j] += a * x[x0 + j] + b * x[x1 + j] + c * x[x2 + j] + d * x[x3 + j];
    }
  }
  return product;
}

function columnSums(gradient, outputs, count) {
  const sums = new Float64Array(outputs);
  for (let at = 0; at < count * outputs; at += 1) sums[at % outputs] += gradient[at];
  return Float32Array.from(sums);
}

// δ W where the rectifier let something through, else 0.
function through(gradient, { inputs: width, outputs, weights }, x, count) {
  const values = new Float32Array(count * width);
  for (let row = 0; row < count; row += 1) {
    for (let k = 0; k < outputs; k += 1) {
      const share = gradient[row * outputs + k];
      for (let j = 0; j < width; j += 1) if (x[row * width + j] !== 0) values[row * width + j] += share * weights[k * width + j];
    }
  }
  return values;
}

// Stochastic gradient descent with Nesterov's momentum m: v ← m v + g, w ← w − η (g + m v). The weight decay λ adds λ w to
// the gradient of weights, not of biases. `velocities` begin as zeros, shaped like the gradients.
// Returns the norm of the gradient, and that of the update relative to that of the weights.
export function descend(layers, gradients, velocities, { rate, momentum, decay }) {
  const sums = { gradient: 0, update: 0, weights: 0 };
  layers.forEach((layer, at) => {
    for (const name of ["weights", "bias"]) {
      const [w, g, v] = [layer[name], gradients[at][name], velocities[at][name]];
      const pull = name === "weights" ? decay : 0;
      let [ofGradient, ofUpdate, ofWeights] = [0, 0, 0];
      for (let j = 0; j < w.length; j += 1) {
        const before = w[j];
        const slope = g[j] + pull * before;
        v[j] = momentum * v[j] + slope;
        w[j] = before - rate * (slope + momentum * v[j]);
        ofGradient += g[j] * g[j];
        ofUpdate += (w[j] - before) ** 2;
        ofWeights += before * before;
      }
      sums.gradient += ofGradient;
      sums.update += ofUpdate;
      sums.weights += ofWeights;
    }
  });
  return { gradient: Math.sqrt(sums.gradient), update: Math.sqrt(sums.update / sums.weights) };
}

export const zerosLike = (layers) =>
  layers.map(({ weights, bias }) => ({ weights: new Float32Array(weights.length), bias: new Float32Array(bias.length) }));

// The mean cross-entropy in nats, the accuracy, and that of each class.
export function measure(logits, labels, classes) {
  const { losses } = crossEntropy(logits, labels, classes);
  const [right, all] = [new Array(classes).fill(0), new Array(classes).fill(0)];
  labels.forEach((label, row) => {
    all[label] += 1;
    right[label] += largest(logits, row * classes, classes) === label;
  });
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  return {
    test_loss: sum(losses) / labels.length,
    test_accuracy: sum(right) / labels.length,
    class_accuracy: right.map((count, k) => count / all[k]),
  };
}
