// Likelihood and loss of samples for given weights and bias, and the curve or surface with the bars that lead to it.
import { binaryCrossEntropy, sigmoid } from "../shared/losses.js";

export function model({ x, y, grid, l2, few }) {
  // With a curve, a bar is as long as the probability of its label; with a surface, it goes from the label to the surface.
  const foot = x[0].length === 1 ? (label) => 1 - label : (label) => label;
  // Of many samples plotly draws one line up and down all bars, which is much faster than many lines.
  return (theta) => {
    const bias = theta.at(-1);
    const weights = theta.slice(0, -1);
    const score = (features) => features.reduce((sum, feature, j) => sum + weights[j] * feature, bias);
    const z = x.map(score);
    const bars = [[], []];
    const feet = [[], []];
    const log_product = [];
    const log_sum = [];
    let product = 1;
    let sum = 0;
    let underflow = 0;
    let right = 0;
    y.forEach((label, i) => {
      product *= sigmoid(label === 1 ? z[i] : -z[i]);
      sum -= binaryCrossEntropy(z[i], label);
      if (product === 0) underflow ||= i + 1;
      log_product.push(product > 0 ? Math.log(product) : null);
      log_sum.push(sum);
      bars[label].push(foot(label), sigmoid(z[i]), few ? null : foot(label)); // null lifts the pen
      feet[label].push(x[i][0], x[i][0], x[i][0]);
      if (z[i] > 0 === (label === 1)) right += 1;
    });
    const penalty = (l2 / 2) * weights.reduce((squares, weight) => squares + weight ** 2, 0);
    return {
      likelihood: product, log_likelihood: sum, loss: -sum / y.length + penalty, underflow, right,
      bars0: bars[0], bars1: bars[1], feet0: feet[0], feet1: feet[1], log_product, log_sum,
      ...(weights.length === 1
        ? { curve: grid.map((feature) => sigmoid(score([feature]))) }
        : { surface: grid.map((x2) => grid.map((x1) => sigmoid(score([x1, x2])))) }),
    };
  };
}
