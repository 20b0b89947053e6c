// Several true labels y_k, 1 or 0 each: what the board draws. explorer/maths/multi_label.py is the reference.
import { binaryCrossEntropy, binaryCrossEntropyGradient, softmax, softmaxLoss } from "../shared/losses.js";

const sum = (values) => values.reduce((a, b) => a + b, 0);

// p_k = y_k / Σ y_j, or null without a true label: then there is no distribution.
export function target(labels) {
  const count = sum(labels);
  return count ? labels.map((y) => y / count) : null;
}

// −Σ p_k ln P(k|x): the mean of the softmax losses of the true classes.
export function multiLabelSoftmaxLoss(logits, labels) {
  return sum(target(labels).map((p, k) => (p > 0 ? p * softmaxLoss(logits, k) : 0)));
}

export function multiLabelSoftmaxGradient(logits, labels) {
  const p = target(labels);
  return softmax(logits).map((q, k) => q - p[k]);
}

// The losses of the logistic regressions, one a class.
export function sigmoidLosses(logits, labels) {
  return logits.map((logit, k) => binaryCrossEntropy(logit, labels[k]));
}

export function sigmoidGradient(logits, labels) {
  return logits.map((logit, k) => binaryCrossEntropyGradient(logit, labels[k]));
}

// The names of the true classes after a click on class k: switched where several can be true, else k alone.
export function toggled(names, k, several) {
  const name = String(k);
  if (!several) return [name];
  return names.includes(name) ? names.filter((other) => other !== name) : [...names, name].sort();
}
