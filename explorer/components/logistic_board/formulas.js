// The formulas of one sample with their numbers put in: E1, E2, the loss, its gradient, and the squared error with its own.
import { decimal } from "../shared/field.js";
import { element } from "../shared/mount.js";
import { CLOSE, GIVEN, OPEN, number } from "../shared/notation.js";

const slot = (name, term) => `<mtext data-slot="${name}"${term ? ` data-term="${term}"` : ""}></mtext>`;
const power = (base, exponent) => `<msup><mrow>${base}</mrow><mrow>${exponent}</mrow></msup>`;
const y = '<mi data-term="y">y</mi>';
const other = `<mn>1</mn><mo>−</mo>${y}`;
const sigma = `<mi>σ</mi>${OPEN}<mi data-term="z">z</mi>${CLOSE}`;
const slope = `<mi>σ</mi><mo>′</mo>${OPEN}<mi data-term="z">z</mi>${CLOSE}`;
const SQUARED = ["squared", "slope", "squared_gradient"]; // shown where the squared error is compared
const FORMULAS = [
  ["", `${sigma}<mo>=</mo><mfrac><mn>1</mn><mrow><mn>1</mn><mo>+</mo>${power("<mi>e</mi>", slot("exponent", "z"))}</mrow></mfrac>
    <mo>=</mo>${slot("f")}`],
  ["", `<mi>p</mi>${OPEN}${y}${GIVEN}<mi>x</mi>${CLOSE}<mo>=</mo>${power(sigma, y)}<mo>·</mo>
    ${power(`${OPEN}<mn>1</mn><mo>−</mo>${sigma}${CLOSE}`, other)}`, `<mo>=</mo>
    ${power(slot("base"), slot("y", "y"))}<mo>·</mo>${power(`${OPEN}<mn>1</mn><mo>−</mo>${slot("f")}${CLOSE}`, slot("other"))}
    <mo>=</mo>${slot("p")}`],
  ["loss", `<mo>−</mo><mi>ln</mi><mspace width="0.2em"/><mi>p</mi>${OPEN}${y}${GIVEN}<mi>x</mi>${CLOSE}<mo>=</mo>
    <mo>−</mo><mi>ln</mi><mspace width="0.2em"/>${slot("p")}<mo>=</mo>${slot("loss")}`],
  ["gradient", `${sigma}<mo>−</mo>${y}<mo>=</mo>${slot("f")}<mo>−</mo>${slot("y")}<mo>=</mo>${slot("gradient")}`],
  ["squared", `<msup><mrow>${OPEN}${sigma}<mo>−</mo>${y}${CLOSE}</mrow><mn>2</mn></msup><mo>=</mo>${slot("squared")}`],
  ["slope", `${slope}<mo>=</mo>${sigma}${OPEN}<mn>1</mn><mo>−</mo>${sigma}${CLOSE}<mo>=</mo>${slot("slope")}`],
  ["squared_gradient", `<mn>2</mn>${OPEN}${sigma}<mo>−</mo>${y}${CLOSE}<mspace width="0.15em"/>${slope}<mo>=</mo>${slot("squared_gradient")}`],
];

export function liveFormulas(root, words) {
  const box = element("div", "xlg-formulas", root);
  const lines = FORMULAS.map(([name, ...parts]) => {
    const line = element("div", `xlg-formula xlg-${name || "probability"}`, box);
    if (name) element("span", "xb-head", line, { text: words[name] });
    // A long formula can break between its parts.
    for (const part of parts) line.insertAdjacentHTML("beforeend", `<math><mrow>${part}</mrow></math>`);
    return line;
  });
  const slots = {};
  for (const node of box.querySelectorAll("[data-slot]")) (slots[node.dataset.slot] ??= []).push(node);
  const note = element("p", "xlg-note", root);

  function draw(values, squared) {
    const f = number(values.p1);
    const texts = {
      exponent: decimal(-values.z), f, base: f.includes("×") ? `(${f})` : f, y: String(values.y), other: String(1 - values.y),
      p: values.p === 0 ? `e^(−${decimal(values.loss)})` : number(values.p), loss: number(values.loss),
      gradient: number(values.gradient), ...Object.fromEntries(SQUARED.map((name) => [name, number(values[name])])),
    };
    for (const [name, text] of Object.entries(texts)) for (const node of slots[name]) node.textContent = text;
    for (const line of lines.slice(-SQUARED.length)) line.hidden = !squared;
    note.textContent = [values.p === 0 && words.vanished, values.p1 === 1 && words.rounded].filter(Boolean).join(" ");
  }

  return { draw };
}
