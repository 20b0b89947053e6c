// From D_KL(p‖q) to the softmax loss in one line, with the numbers of a one-hot p and a softmax q.
import { decimal } from "../shared/field.js";
import { element } from "../shared/mount.js";
import { CLOSE, OPEN, number } from "../shared/notation.js";

const slot = (name) => `<mtext data-slot="${name}"></mtext>`;
const LN = "<mi>ln</mi><mspace width='0.2em'/>";
const power = `<msup><mi>e</mi>${slot("exponent")}</msup>`;
const sum = `<mrow><munder><mo>∑</mo><mi>j</mi></munder><msup><mi>e</mi><msub><mi>f</mi><mi>j</mi></msub></msup></mrow>`;
const FORMULAS = [
  `<msub><mi>D</mi><mtext>KL</mtext></msub>${OPEN}<mi>p</mi><mo stretchy="false">‖</mo><mi>q</mi>${CLOSE}<mo>=</mo>${slot("cross_entropy")}<mo>−</mo>${slot("entropy")}`,
  `<mo>=</mo><mo>−</mo>${LN}${slot("q")}`,
  `<mo>=</mo><mo>−</mo>${LN}<mfrac>${power}${sum}</mfrac>`,
  `<mo>=</mo><mo>−</mo>${LN}<mfrac>${slot("power")}${slot("sum")}</mfrac>`,
  `<mo>=</mo><mi>L</mi><mo>=</mo>${slot("loss")}`,
];

export function chain(root) {
  const box = element("div", "xb xdb-chain", root);
  box.innerHTML = FORMULAS.map((formula) => `<math displaystyle="true"><mrow>${formula}</mrow></math>`).join(" ");
  const slots = [...box.querySelectorAll("[data-slot]")];

  function draw(z, y, q, { cross_entropy, entropy, divergence }) {
    const powers = z.map(Math.exp);
    const texts = {
      cross_entropy: number(cross_entropy), entropy: number(entropy), q: number(q[y]), exponent: decimal(z[y]),
      power: number(powers[y]), sum: number(powers.reduce((a, b) => a + b, 0)), loss: number(divergence),
    };
    for (const node of slots) node.textContent = texts[node.dataset.slot];
  }

  return { box, draw };
}
