// The loss, a probability or a component of the gradient over the logits of classes a and b, the others as they are.
// explorer/maths/surfaces.py (softmax_surface) is the reference.
import { softmax, softmaxLoss, softmaxLossGradient } from "../shared/losses.js";

const QUANTITIES = {
  loss: softmaxLoss,
  probability: (z, y, T, of) => softmax(z, T)[of],
  gradient: (z, y, T, of) => softmaxLossGradient(z, y, T)[of],
};

// Row i, column j is the value at the logits axis[j] of class a and axis[i] of class b.
export function softmaxSurface({ z, y, T }, { a, b, quantity, of, axis }) {
  const at = (za, zb) => z.map((logit, k) => (k === a ? za : k === b ? zb : logit));
  return axis.map((zb) => axis.map((za) => QUANTITIES[quantity](at(za, zb), y, T, of)));
}

// The surface and the point on it, as figures/surface.py draws them.
export function surfaceWithPoint({ z, y, T }, surfaceSpec) {
  const { a, b, quantity, of, low } = surfaceSpec;
  const height = QUANTITIES[quantity](z, y, T, of);
  return {
    surface: softmaxSurface({ z, y, T }, surfaceSpec),
    stem_x: [z[a], z[a]], stem_y: [z[b], z[b]], stem_z: [low, height],
    mark_x: [z[a]], mark_y: [z[b]], mark_z: [height],
  };
}
