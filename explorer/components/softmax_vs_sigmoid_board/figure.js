// What one softmax and what independent sigmoids make of the logits: probabilities and gradients class by class, and
// below them the sums, the losses and the classes that are named.
import { sigmoid, softmax } from "../shared/losses.js";
import { element } from "../shared/mount.js";
import { CLOSE, GIVEN, OPEN, number } from "../shared/notation.js";
import { barWithNumber, colouredRow } from "../shared/rows.js";
import { multiLabelSoftmaxGradient, multiLabelSoftmaxLoss, sigmoidGradient, sigmoidLosses, target } from "./multi_label.js";

const MODELS = ["softmax", "sigmoid"];
const sum = (values) => values.reduce((a, b) => a + b, 0);
// For a narrow column: one decimal where it takes a power of ten.
const short = (value) => number(value, value !== 0 && Math.abs(value) < 5e-4 ? 1 : 3);
const index = (name) => `<msub><mi>${name}</mi><mi>k</mi></msub>`;
const P = `<mi>P</mi>${OPEN}<mi>k</mi>${GIVEN}<mi>x</mi>${CLOSE}`;
const SIGMA = `<mi>σ</mi>${OPEN}${index("f")}${CLOSE}`;
const sumOver = (y) => `<munder><mo>∑</mo><mrow>${index("y")}<mo>=</mo><mn>${y}</mn></mrow></munder>`;
// Of each class: the softmax's probability and gradient, the sigmoid's probability and gradient.
const COLUMNS = { p: P, g: `${P}<mo>−</mo>${index("p")}`, s: SIGMA, h: `${SIGMA}<mo>−</mo>${index("y")}` };
const LOSSES = {
  softmax: `<mi>L</mi><mo>=</mo><mo>−</mo><munder><mo>∑</mo><mi>k</mi></munder>${index("p")}<mi>ln</mi><mspace width="0.2em"/>${P}`,
  sigmoid: `<mi>L</mi><mo>=</mo><mo>−</mo>${sumOver(1)}<mi>ln</mi><mspace width="0.2em"/>${SIGMA}
    <mo>−</mo>${sumOver(0)}<mi>ln</mi>${OPEN}<mn>1</mn><mo>−</mo>${SIGMA}${CLOSE}`,
};

export function bothModels(parent) {
  const bars = element("div", "xb xbb-figure", parent);
  const sums = element("div", "xb xbb-sums", parent);
  const sides = Object.fromEntries(MODELS.map((name) => [name, side(name)]));
  let words = {};
  let classes = [];
  let rows = [];

  function side(name) {
    const box = element("section", "", sums);
    const title = element("h4", "", box);
    const line = element("p", "xbb-sum", box);
    const stack = element("div", "xbb-stack", box);
    const verdict = element("p", "xbb-verdict", box, { role: "status" });
    const formula = element("div", "xbb-formula", box);
    formula.innerHTML = `<math display="block"><mrow>${LOSSES[name]}</mrow></math>`;
    const values = element("p", "xbb-values xb-number", box);
    return { title, line, stack, verdict, values };
  }

  function build(data) {
    ({ words, classes } = data);
    bars.replaceChildren();
    for (const node of [bars, sums]) node.style.setProperty("--xbb-count", classes.length);
    const group = element("div", "xbb-bars xbb-group", bars, { "aria-hidden": "true" });
    element("span", "", group);
    for (const name of MODELS) element("span", `xbb-${name}`, group, { text: words[name] });
    const head = element("div", "xbb-bars xb-head", bars, { "aria-hidden": "true" });
    element("span", "", head);
    for (const [name, inner] of Object.entries(COLUMNS)) element("span", `xbb-${name}`, head).innerHTML = `<math>${inner}</math>`;
    rows = classes.map((name, k) => {
      const row = colouredRow(bars, "xbb-bars", data.colours[k]);
      row.dataset.term = `f${k}`;
      element("span", "xbb-class", row, { text: name });
      const cells = Object.keys(COLUMNS).map((column) => [column, barWithNumber(row, `xbb-cell xbb-${column}`)]);
      return { row, ...Object.fromEntries(cells) };
    });
    for (const name of MODELS) {
      sides[name].title.textContent = words[name];
      sides[name].stack.replaceChildren(...data.colours.map((colour) => {
        const part = element("i");
        part.style.setProperty("--xb-colour", colour);
        return part;
      }));
    }
  }

  function draw(logits, labels) {
    const hasTarget = target(labels) !== null;
    const chosen = [...labels.keys()].filter((k) => labels[k] === 1);
    const [p, s] = [softmax(logits), logits.map(sigmoid)];
    const g = hasTarget ? multiLabelSoftmaxGradient(logits, labels) : null;
    const h = sigmoidGradient(logits, labels);
    rows.forEach(({ row, ...cells }, k) => {
      row.classList.toggle("xbb-true", labels[k] === 1);
      for (const [name, values] of Object.entries({ p, s })) {
        cells[name](`scaleX(${values[k]})`, short(values[k]));
      }
      for (const [name, values] of Object.entries({ g, h })) {
        cells[name](`translateX(50%) scaleX(${values ? values[k] / 2 : 0})`, values ? short(values[k]) : "—");
      }
    });
    const terms = sigmoidLosses(logits, labels);
    const part = (y) => sum(terms.filter((_, k) => labels[k] === y));
    sides.softmax.line.textContent = words.sum.replace("@sum", "1");
    sides.sigmoid.line.textContent = words.sum.replace("@sum", number(sum(s), 3));
    sides.softmax.values.textContent = hasTarget
      ? `L = −${fraction(chosen.length)}(${chosen.map((k) => `ln ${number(p[k])}`).join(" + ")}) = ${number(multiLabelSoftmaxLoss(logits, labels))}`
      : words.no_target;
    sides.sigmoid.values.textContent = `L = ${number(part(1), 5)} + ${number(part(0), 5)} = ${number(part(1) + part(0))}`;
    for (const [name, values] of [["softmax", p], ["sigmoid", s]]) {
      values.forEach((value, k) => (sides[name].stack.children[k].style.width = `${(100 * value) / values.length}%`));
    }
    say(sides.softmax.verdict, [p.indexOf(Math.max(...p))], chosen);
    say(sides.sigmoid.verdict, [...labels.keys()].filter((k) => s[k] > 0.5), chosen);
  }

  const fraction = (count) => (count === 1 ? "" : `1/${count} · `);

  // Which classes are named, and which are missed or wrongly named.
  function say(verdict, named, chosen) {
    const list = (which) => which.map((k) => classes[k]).join(words.comma);
    const missed = chosen.filter((k) => !named.includes(k));
    const wrong = named.filter((k) => !chosen.includes(k));
    const right = missed.length + wrong.length === 0;
    const parts = [named.length ? words.names.replace("@", list(named)) : words.names_none];
    if (missed.length) parts.push(words.misses.replace("@", list(missed)));
    if (wrong.length) parts.push(words.wrongly.replace("@", list(wrong)));
    if (right) parts.push(words.right);
    verdict.className = `xbb-verdict ${right ? "xbb-right" : "xbb-wrong"}`;
    verdict.textContent = parts.join(words.semicolon) + words.stop;
  }

  return { bars, sums, build, draw };
}
