// Faders for the logits and a switch for each label; what one softmax and what independent sigmoids make of them:
// probabilities, gradients, sums, losses and the classes that they name, redrawn on every animation frame.
import { numberField, setSlider } from "../shared/field.js";
import { sigmoid, softmax } from "../shared/losses.js";
import { SharedState, element, defineComponent, onNextFrame } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { multiLabelSoftmaxGradient, multiLabelSoftmaxLoss, sigmoidGradient, sigmoidLosses, target, toggled } from "./multi_label.js";

const sum = (values) => values.reduce((a, b) => a + b, 0);
// For a narrow column: one decimal where it takes a power of ten.
const short = (value) => number(value, value !== 0 && Math.abs(value) < 5e-4 ? 1 : 3);
const math = (inner) => `<math><mrow>${inner}</mrow></math>`;
const index = (name) => `<msub><mi>${name}</mi><mi>k</mi></msub>`;
const P = "<mi>P</mi><mo>(</mo><mi>k</mi><mo>|</mo><mi>x</mi><mo>)</mo>";
const SIGMA = `<mi>σ</mi><mo>(</mo>${index("f")}<mo>)</mo>`;
const sumOver = (y) => `<munder><mo>∑</mo><mrow>${index("y")}<mo>=</mo><mn>${y}</mn></mrow></munder>`;
const HEADS = { p: P, g: `${P}<mo>−</mo>${index("p")}`, s: SIGMA, h: `${SIGMA}<mo>−</mo>${index("y")}` };
const LOSSES = {
  softmax: `<mi>L</mi><mo>=</mo><mo>−</mo><munder><mo>∑</mo><mi>k</mi></munder>${index("p")}<mi>ln</mi><mspace width="0.2em"/>${P}`,
  sigmoid: `<mi>L</mi><mo>=</mo><mo>−</mo>${sumOver(1)}<mi>ln</mi><mspace width="0.2em"/>${SIGMA}
    <mo>−</mo>${sumOver(0)}<mi>ln</mi><mo>(</mo><mn>1</mn><mo>−</mo>${SIGMA}<mo>)</mo>`,
};

export default defineComponent(import.meta.url, (root, first) => {
  const state = new SharedState(first.state);
  const instance = { update, state };
  const redraw = onNextFrame(draw);
  const tell = () => state.send();
  let data = first;
  let rows = [];
  let built = "";

  root.className = "xb xbb";
  const table = element("div", "xbb-table", root, { role: "group" });
  const several = element("label", "xbb-several", root);
  const severalBox = element("input", "", several, { type: "checkbox", role: "switch" });
  const severalText = element("span", "", several);
  const foot = element("div", "xbb-foot", root);
  const sides = Object.fromEntries(["softmax", "sigmoid"].map((name) => [name, side(name)]));

  severalBox.onchange = (event) => {
    state.now.several = severalBox.checked;
    const chosen = trueClasses();
    if (!state.now.several) state.now.y = [String(chosen.length ? chosen[0] : 0)];
    redraw(event.timeStamp);
    tell();
  };

  const trueClasses = () => state.now.y.map(Number).filter((k) => k < data.classes.length);

  function side(name) {
    const box = element("section", "xbb-side", foot);
    const title = element("h4", "", box);
    const line = element("p", "xbb-sum", box);
    const stack = element("div", "xbb-stack", box);
    const verdict = element("p", "xbb-verdict", box, { role: "status" });
    const formula = element("div", "xbb-formula", box);
    formula.innerHTML = `<math display="block"><mrow>${LOSSES[name]}</mrow></math>`;
    const values = element("p", "xbb-values xb-number", box);
    return { title, line, stack, verdict, values };
  }

  // The rows stand for the classes of the example, and are made again when another example is chosen.
  function build() {
    const { words, classes, colours, limits } = data;
    table.replaceChildren();
    table.setAttribute("aria-label", words.board);
    const group = element("div", "xbb-row xbb-group", table, { "aria-hidden": "true" });
    element("span", "xbb-softmax", group, { text: words.softmax });
    element("span", "xbb-sigmoid", group, { text: words.sigmoid });
    const head = element("div", "xbb-row xb-head", table, { "aria-hidden": "true" });
    element("span", "xbb-name", head, { text: words.label }).insertAdjacentHTML("beforeend", ` ${math(index("y"))}`);
    element("span", "xbb-fader", head, { text: words.logit }).insertAdjacentHTML("beforeend", ` ${math(index("f"))}`);
    element("span", "xbb-value", head);
    for (const [name, inner] of Object.entries(HEADS)) element("span", `xbb-${name}`, head).innerHTML = math(inner);

    rows = classes.map((name, k) => {
      const row = element("div", "xbb-row", table);
      row.style.setProperty("--xb-colour", colours[k]);
      row.style.setProperty("--xb-thumb", colours[k]);
      const button = element("button", "xbb-name", row, { type: "button", title: words.choose.replace("@", name) });
      element("i", "xbb-mark", button);
      element("span", "", button, { text: name });
      const fader = element("input", "xbb-fader", row, {
        type: "range", min: limits.fader[0], max: limits.fader[1], step: 0.1, "aria-label": `${words.logit} ${name}`,
      });
      const [low, high] = limits.z;
      const field = numberField(row, "xbb-value", { label: `${words.logit} ${name}`, low, high }, (logit, timeStamp) => {
        state.now.z[k] = logit;
        redraw(timeStamp);
        tell();
      });
      const bar = (column) => {
        const cell = element("div", `xbb-cell xbb-${column}`, row);
        const fill = element("div", "xb-fill", element("div", "xb-bar", cell));
        return { fill, text: element("span", "xb-number", cell) };
      };
      button.onclick = (event) => {
        state.now.y = toggled(state.now.y, k, state.now.several);
        redraw(event.timeStamp);
        tell();
      };
      fader.oninput = (event) => {
        state.now.z[k] = Number(fader.value);
        redraw(event.timeStamp);
      };
      fader.onchange = tell;
      return { row, button, fader, field, p: bar("p"), g: bar("g"), s: bar("s"), h: bar("h") };
    });
    for (const { stack } of Object.values(sides)) {
      stack.style.setProperty("--xbb-count", classes.length);
      stack.replaceChildren(...colours.map((colour) => {
        const part = element("i");
        part.style.setProperty("--xb-colour", colour);
        return part;
      }));
    }
    severalText.textContent = words.several;
    sides.softmax.title.textContent = words.softmax;
    sides.sigmoid.title.textContent = words.sigmoid;
  }

  function draw() {
    const { words, classes } = data;
    const logits = state.now.z.slice(0, classes.length);
    const chosen = trueClasses();
    const labels = classes.map((_, k) => (chosen.includes(k) ? 1 : 0));
    const hasTarget = target(labels) !== null;
    const p = softmax(logits);
    const s = logits.map(sigmoid);
    const g = hasTarget ? multiLabelSoftmaxGradient(logits, labels) : null;
    const h = sigmoidGradient(logits, labels);
    severalBox.checked = state.now.several;
    rows.forEach(({ row, button, fader, field, ...cells }, k) => {
      row.classList.toggle("xbb-true", labels[k] === 1);
      row.classList.toggle("xbb-several-on", state.now.several);
      button.setAttribute("aria-pressed", String(labels[k] === 1));
      setSlider(fader, logits[k]);
      field.show(logits[k]);
      for (const [name, values] of Object.entries({ p, s })) {
        cells[name].fill.style.transform = `scaleX(${values[k]})`;
        cells[name].text.textContent = short(values[k]);
      }
      for (const [name, values] of Object.entries({ g, h })) {
        cells[name].fill.style.transform = `translateX(50%) scaleX(${values ? values[k] / 2 : 0})`;
        cells[name].text.textContent = values ? short(values[k]) : "—";
      }
    });

    const terms = sigmoidLosses(logits, labels);
    const part = (y) => sum(terms.filter((_, k) => labels[k] === y));
    const sigmoidLoss = part(1) + part(0);
    const softmaxLoss = hasTarget ? multiLabelSoftmaxLoss(logits, labels) : null;
    sides.softmax.line.textContent = words.sum.replace("@sum", "1");
    sides.sigmoid.line.textContent = words.sum.replace("@sum", number(sum(s), 3));
    sides.softmax.values.textContent = hasTarget
      ? `L = −${fraction(chosen.length)}(${chosen.map((k) => `ln ${number(p[k])}`).join(" + ")}) = ${number(softmaxLoss)}`
      : words.no_target;
    sides.sigmoid.values.textContent = `L = ${number(part(1), 5)} + ${number(part(0), 5)} = ${number(sigmoidLoss)}`;
    for (const [name, values] of [["softmax", p], ["sigmoid", s]]) {
      values.forEach((value, k) => (sides[name].stack.children[k].style.width = `${(100 * value) / values.length}%`));
    }
    const best = p.indexOf(Math.max(...p));
    say(sides.softmax.verdict, [best], chosen);
    say(sides.sigmoid.verdict, [...classes.keys()].filter((k) => s[k] > 0.5), chosen);
  }

  const fraction = (count) => (count === 1 ? "" : `1/${count} · `);

  // Which classes are named, and which are missed or wrongly named.
  function say(verdict, named, chosen) {
    const { words, classes } = data;
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

  function update(next) {
    data = next;
    const content = JSON.stringify([data.classes, data.words]);
    const fresh = content !== built;
    if (fresh) build();
    built = content;
    if (state.receive(data.state) || fresh) draw();
  }

  return instance;
});
