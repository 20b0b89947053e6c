// The softmax or hinge loss, a probability or a component of the gradient over the logits of classes a and b, the others
// as they are. explorer/maths/surfaces.py (softmax_surface) is the reference.
import { hingeLoss, softmax, softmaxLoss, softmaxLossGradient } from "../shared/losses.js";

const QUANTITIES = {
  loss: softmaxLoss,
  hinge: (z, y) => hingeLoss(z, y),
  probability: (z, y, T, of) => softmax(z, T)[of],
  gradient: (z, y, T, of) => softmaxLossGradient(z, y, T)[of],
};

const heightOver = ({ z, y, T }, { a, b, quantity, of }) => (za, zb) =>
  QUANTITIES[quantity](z.map((logit, k) => (k === a ? za : k === b ? zb : logit)), y, T, of);

// Row i, column j is the value at the logits axis[j] of class a and axis[i] of class b.
export function softmaxSurface(state, surfaceSpec) {
  const heightAt = heightOver(state, surfaceSpec);
  return surfaceSpec.axis.map((zb) => surfaceSpec.axis.map((za) => heightAt(za, zb)));
}

// The surface, the point on it and a chord from the point, as figures/surface.py draws them.
export function surfaceWithPoint(state, surfaceSpec) {
  const { a, b, low, chord } = surfaceSpec;
  const [za, zb] = [state.z[a], state.z[b]];
  const heightAt = heightOver(state, surfaceSpec);
  return {
    surface: softmaxSurface(state, surfaceSpec),
    stem_x: [za, za], stem_y: [zb, zb], stem_z: [low, heightAt(za, zb)],
    mark_x: [za], mark_y: [zb], mark_z: [heightAt(za, zb)],
    ...(chord && chordFrom(za, zb, chord, heightAt)),
  };
}

function chordFrom(za, zb, { to, along }, heightAt) {
  const between = (start, end) => along.map((share) => start + share * (end - start));
  const [chord_x, chord_y] = [between(za, to[0]), between(zb, to[1])];
  const cut = along.map((_, i) => heightAt(chord_x[i], chord_y[i]));
  const chord = between(cut[0], cut.at(-1));
  const middle = (along.length - 1) / 2;
  return { chord_x, chord_y, chord, cut, middles: [cut[middle], chord[middle]] };
}
