// H(p,q) and D_KL(p‖q) while the logit of class k runs through `f` and the others stay. explorer/maths/divergence.py
// (logit_line) is the reference.
import { crossEntropy, entropy, klDivergence, softmax } from "../shared/losses.js";

const STEP = 1e-4; // of the central differences by which the slopes are measured

export function logitLine(p, z, k, f) {
  const at = (loss) => (logit) => loss(p, softmax(z.map((other, j) => (j === k ? logit : other))));
  const slope = (loss) => (logit) => (at(loss)(logit + STEP) - at(loss)(logit - STEP)) / (2 * STEP);
  const marks = f.filter((_, i) => i % 5 === 0);
  return {
    line_cross_entropy: f.map(at(crossEntropy)),
    line_divergence: f.map(at(klDivergence)),
    line_entropy: f.map(() => entropy(p)),
    line_gradient: f.map(at((_, q) => q[k] - p[k])),
    slope_cross_entropy: marks.map(slope(crossEntropy)),
    slope_divergence: marks.map(slope(klDivergence)),
  };
}
