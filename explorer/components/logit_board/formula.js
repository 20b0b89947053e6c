// The formulas with their numbers put in: P(y|x), the loss, its perplexity, the gradient of the true logit, and the
// entropy of the probabilities; of two classes also the sigmoid of the logits' difference, which is P(y|x).
import { softmaxLoss } from "../shared/losses.js";
import { element } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { decimal } from "../shared/field.js";

const slot = (name) => `<mtext data-slot="${name}"></mtext>`;
const P = `<mi>P</mi><mo stretchy="false">(</mo>${slot("class")}<mo>|</mo><mi>x</mi><mo stretchy="false">)</mo>`;
const FORMULAS = [
  `${P}<mo>=</mo><mfrac><msup><mi>e</mi>${slot("exponent")}</msup>
   <mrow class="xlb-sum"><munder><mo>∑</mo><mi>j</mi></munder><msup><mi>e</mi><mrow>${slot("open")}<msub><mi>f</mi><mi>j</mi></msub>${slot("rest")}</mrow></msup></mrow></mfrac>
   <mo>=</mo><mfrac>${slot("power")}<mrow class="xlb-sum">${slot("sum")}</mrow></mfrac><mo>=</mo>${slot("p")}`,
  `<mi>L</mi><mo>=</mo><mo>−</mo><mi>ln</mi><mspace width="0.2em"/>${slot("p")}<mo>=</mo>${slot("loss")}`,
  `<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><msub><mi>f</mi>${slot("class")}</msub></mrow></mfrac>
   <mo>=</mo>${slot("difference")}<mo>=</mo>${slot("gradient")}`,
  `<mi>H</mi><mo>=</mo><mo>−</mo><munder><mo>∑</mo><mi>k</mi></munder><mi>P</mi><mspace width="0.1em"/><mi>ln</mi><mspace width="0.2em"/><mi>P</mi>
   <mo>=</mo>${slot("entropy")}`,
  `<msup><mi>e</mi><mi>L</mi></msup><mo>=</mo>${slot("perplexity")}`,
];
const SIGMOID = `${P}<mo>=</mo><mi>σ</mi><mo stretchy="false">(</mo>${slot("gap")}<mo stretchy="false">)</mo><mo>=</mo>${slot("p")}`;

export function liveFormula(root, { words, classes, labels }) {
  const box = element("div", "xlb-formula", root);
  const isPair = classes.length === 2;
  box.innerHTML = [...FORMULAS, ...(isPair ? [SIGMOID] : [])].map((formula) => `<div><math display="block"><mrow>${formula}</mrow></math></div>`).join("");
  box.children[3].append(` ${words.entropy.replace("@n", classes.length)}`);
  box.children[4].append(` ${words.perplexity}`);
  if (isPair) box.children[5].append(` ${words.sigmoid}`);
  const slots = {};
  for (const node of box.querySelectorAll("[data-slot]")) (slots[node.dataset.slot] ??= []).push(node);
  for (const node of box.querySelectorAll(".xlb-sum")) node.dataset.term = labels.map((label) => `f${label}`).join(" ");
  const note = element("p", "xlb-note", root);

  function draw({ z, y, T }, { p: probabilities, loss, gradient }) {
    const largest = Math.max(...z);
    const direct = z.map((logit) => Math.exp(logit / T)).reduce((a, b) => a + b, 0);
    // Where e^f leaves the range of numbers, the formula is shown as it is computed: less the largest logit.
    const shifted = !(direct > 0 && direct < Infinity);
    const shift = shifted ? largest : 0;
    const power = (logit) => Math.exp((logit - shift) / T);
    const minus = shifted ? less("", largest) : "";
    const [open, close] = shifted && T !== 1 ? ["(", ")"] : ["", ""];
    const rest = minus + close + (T === 1 ? "" : `/${decimal(T)}`);
    const vanished = probabilities[y] === 0;
    const texts = {
      class: classes[y], exponent: open + decimal(z[y]) + rest, open, rest,
      power: number(power(z[y]), 3), sum: number(z.map(power).reduce((a, b) => a + b, 0), 3),
      p: vanished ? `e^(−${decimal(loss)})` : number(probabilities[y]), loss: number(loss),
      perplexity: number(Math.exp(loss), 3), gradient: number(gradient[y]),
      // With −ln P from the logits, no digit of a small entropy is lost.
      entropy: number(probabilities.reduce((sum, P, k) => sum + P * softmaxLoss(z, k, T), 0)),
      gap: isPair && (T === 1 ? less(z[y], z[1 - y]) : `(${less(z[y], z[1 - y])}) / ${decimal(T)}`),
      difference: T === 1 ? `${number(probabilities[y])} − 1` : `(${number(probabilities[y])} − 1) / ${decimal(T)}`,
    };
    for (const [name, text] of Object.entries(texts)) for (const node of slots[name] ?? []) setText(node, text);
    for (const name of ["exponent", "power"]) for (const node of slots[name]) node.dataset.term = `f${labels[y]}`;
    note.hidden = !shifted && !vanished;
    setText(note, [shifted && words.overflow, vanished && words.vanished].filter(Boolean).join(" "));
  }

  return { draw };
}

// "a − b", or "a + 2" for a b of −2.
function less(a, b) {
  return `${a === "" ? a : decimal(a)} ${b < 0 ? "+" : "−"} ${decimal(Math.abs(b))}`;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
