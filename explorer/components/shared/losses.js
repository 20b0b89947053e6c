// The functions that are computed on every animation frame, in nats. explorer/maths/losses.py is the reference: a test
// compares the two on the same cases.

export function sigmoid(z) {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

// −ln of the probability of label y (0 or 1): ln(1 + e^(−z)) for y = 1, ln(1 + e^z) for y = 0.
export function binaryCrossEntropy(z, y) {
  const wrong = y === 1 ? -z : z;
  return wrong > 0 ? wrong + Math.log1p(Math.exp(-wrong)) : Math.log1p(Math.exp(wrong));
}

// σ(z) − y, without the cancellation in 1 − σ(z).
export function binaryCrossEntropyGradient(z, y) {
  return y === 1 ? -sigmoid(-z) : sigmoid(z);
}

// (σ(z) − y)², the loss that logistic regression does not use, and its derivative 2 (σ(z) − y) σ′(z).
export function squaredError(z, y) {
  return binaryCrossEntropyGradient(z, y) ** 2;
}

export function squaredErrorGradient(z, y) {
  return 2 * binaryCrossEntropyGradient(z, y) * sigmoid(z) * sigmoid(-z);
}

export function softmax(logits, temperature = 1) {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp((logit - largest) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

// −ln P(label): ln of 1 + Σ_{j ≠ label} e^(f_j − f_label), which keeps the tiny loss of a confident, right prediction.
export function softmaxLoss(logits, label, temperature = 1) {
  const gaps = logits.filter((_, k) => k !== label).map((logit) => (logit - logits[label]) / temperature);
  const largest = Math.max(0, ...gaps);
  const others = gaps.reduce((sum, gap) => sum + Math.exp(gap - largest), 0);
  return largest === 0 ? Math.log1p(others) : largest + Math.log(Math.exp(-largest) + others);
}

// (softmax − onehot) / T; the true class's component is minus the sum of the others, without cancellation.
export function softmaxLossGradient(logits, label, temperature = 1) {
  const gradient = softmax(logits, temperature);
  gradient[label] = 0;
  gradient[label] = -gradient.reduce((a, b) => a + b, 0);
  return gradient.map((component) => component / temperature);
}

// The multiclass hinge loss Σ_{k≠y} max(0, f_k − f_y + 1), and its subgradient, 0 at a kink (explorer/maths/hinge.py).
export function hingeLoss(logits, label) {
  return logits.reduce((sum, logit, k) => (k === label ? sum : sum + Math.max(0, logit - logits[label] + 1)), 0);
}

export function hingeLossGradient(logits, label) {
  const gradient = logits.map((logit, k) => (k !== label && logit - logits[label] + 1 > 0 ? 1 : 0));
  gradient[label] = 0 - gradient.reduce((a, b) => a + b, 0);
  return gradient;
}

// H(p), H(p, q) and D_KL(p‖q), with 0 · ln 0 = 0 and infinity where q = 0 < p.
export function entropy(p) {
  return p.reduce((sum, pk) => (pk > 0 ? sum - pk * Math.log(pk) : sum), 0);
}

export function crossEntropy(p, q) {
  return p.reduce((sum, pk, k) => (pk > 0 ? sum - pk * Math.log(q[k]) : sum), 0);
}

// The terms −p + q sum to 0, and with them no addend is negative, so that the sum is not.
export function klDivergence(p, q) {
  return p.reduce((sum, pk, k) => sum + (pk > 0 ? pk * Math.log(pk / q[k]) - pk : 0) + q[k], 0);
}

// Whether a > b by more than rounding errors, as in explorer/maths/comparison.py.
export function exceeds(a, b) {
  return a > b && (b === -Infinity || a - b > 1e-12 + 1e-9 * Math.abs(b));
}

// `value`, or 0 if it is only the rounding error left by cancelling numbers of the size `of`.
export function withoutRoundings(value, of) {
  return Math.abs(value) < 1e-12 * Math.abs(of) ? 0 : value;
}
