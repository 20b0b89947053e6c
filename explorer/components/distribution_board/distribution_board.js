// The true distribution p and the predicted q, class by class, and H(p,q) = H(p) + D_KL(p‖q) as bars, redrawn on
// every animation frame. All values are computed in nats; the unit only changes what is written and drawn.
import { numberField, setSlider } from "../shared/field.js";
import { entropy, klDivergence, softmax, softmaxLoss, withoutRoundings } from "../shared/losses.js";
import { SharedState, element, defineComponent, onNextFrame, publish } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { bars } from "./bars.js";
import { chain } from "./chain.js";
import { logitLine } from "./line.js";
import { apportion, pour, UNITS } from "./shares.js";

const sub = (letter) => `<msub><mi>${letter}</mi><mi>k</mi></msub>`;
const math = (...parts) => `<math><mrow>${parts.join("")}</mrow></math>`;
const thin = "<mspace width='0.15em'/>";
const LOGARITHM = { nats: `${thin}<mi>ln</mi>${thin}`, bits: `${thin}<msub><mi>log</mi><mn>2</mn></msub>${thin}` };

export default defineComponent(import.meta.url, (root, first) => {
  const { words, classes, colours, names, fixed, limits } = first;
  const state = new SharedState(first.state);
  const instance = { update, state };
  const redraw = onNextFrame(draw);
  const tell = () => state.send();
  let { along } = first;
  const get = (part) => fixed[part] ?? state.now[names[part]];
  const change = (values) => {
    for (const [part, value] of Object.entries(values)) if (part in names) state.now[names[part]] = value;
  };

  const target = () => {
    if (get("target") === "hand") return get("p");
    const smoothing = get("target") === "smoothed" ? get("eps") : 0;
    return classes.map((_, k) => (k === get("y") ? 1 - smoothing : 0) + smoothing / classes.length);
  };
  const guess = () => (get("guess") === "hand" ? get("q") : softmax(get("z")));
  const asShares = (distribution) => apportion(distribution).map((count) => count / UNITS);

  // While one fader moves, the others keep the ratios that they had when it was taken.
  let held = null;
  function give(part, k, share) {
    if (held?.part !== part || held.k !== k) held = { part, k, shares: asShares(part === "p" ? target() : guess()) };
    change({ [part]: pour(held.shares, k, share), [part === "p" ? "target" : "guess"]: "hand" });
  }

  root.className = "xb xdb";
  const controls = element("div", "xdb-controls", root);
  const choices = [
    choice("target", ["onehot", "smoothed", "hand"], (value) => value === "hand" && change({ p: asShares(target()) })),
    choice("guess", ["logits", "hand"], (value) => value === "hand" && change({ q: asShares(guess()) })),
    choice("unit", ["nats", "bits"], () => {}),
  ];
  const smoothing = "eps" in names && smoothingFader();
  if (smoothing) choices[0].field.after(smoothing.label);

  const table = element("div", "xdb-table", root, { role: "group", "aria-label": words.board });
  const head = element("div", "xdb-row xb-head", table, { "aria-hidden": "true" });
  element("span", "xdb-name", head, { text: words.class });
  element("span", "xdb-p", head).innerHTML = `${words.true} ${math(sub("p"))}`;
  const headQ = element("span", "xdb-q", head);
  element("span", "xdb-pair", head).innerHTML = math(sub("p"), "<mo>,</mo><mspace width='0.3em'/>", sub("q"));
  const headTerm = element("span", "xdb-term", head);
  const headOwn = element("span", "xdb-own", head);
  const rows = classes.map((name, k) => row(name, k));

  const chart = bars(root, words, first.compare);
  const derivation = first.derive ? chain(root) : null;
  const notes = element("div", "xdb-notes", root, { role: "status" });

  function choice(part, options, before) {
    const field = element("fieldset", "xdb-choice", part in names ? controls : null);
    element("legend", "", field, { text: words[part] });
    const inputs = options.map((value) => {
      const label = element("label", "", field);
      const input = element("input", "", label, { type: "radio", name: `${first.board}.${part}`, value });
      element("span", "", label, { text: words[`${part}_${value}`] });
      input.onchange = (event) => {
        before(value);
        change({ [part]: value });
        held = null;
        redraw(event.timeStamp);
        tell();
      };
      return input;
    });
    return { field, show: () => inputs.forEach((input) => (input.checked = input.value === get(part))) };
  }

  function smoothingFader() {
    const label = element("label", "xdb-smoothing", null);
    element("span", "", label).innerHTML = "<math><mi>ε</mi></math>";
    const fader = element("input", "", label, { type: "range", min: 0, max: 1, step: 0.01, "aria-label": words.eps });
    const text = element("span", "xb-number", label);
    fader.oninput = (event) => {
      change({ eps: Number(fader.value) });
      redraw(event.timeStamp);
    };
    fader.onchange = tell;
    const show = () => {
      label.hidden = get("target") !== "smoothed";
      text.textContent = number(get("eps"), 2);
      setSlider(fader, get("eps"), text.textContent);
    };
    return { label, show };
  }

  function row(name, k) {
    const line = element("div", "xdb-row", table);
    line.style.setProperty("--xb-colour", colours[k]);
    const choosable = "y" in names;
    const title = element(choosable ? "button" : "span", "xdb-name", line);
    element("i", "xdb-swatch", title);
    element("span", "", title, { text: name });
    if (choosable) {
      title.type = "button";
      title.title = words.choose.replace("@", name);
      title.onclick = (event) => {
        change({ y: k, ...(get("target") === "hand" && { target: "onehot" }) });
        held = null;
        redraw(event.timeStamp);
        tell();
      };
    }
    const probability = { low: 0, high: 1, least: 0, most: 1, step: 0.01 };
    const p = entry(line, "p", `${words.true} p, ${name}`, probability, (value) => give("p", k, value));
    const q = entry(line, "q", `${words.predicted} q, ${name}`, probability, (value) => give("q", k, value));
    const logit = { low: first.fader[0], high: first.fader[1], least: limits[0], most: limits[1], step: 0.1 };
    const z = entry(line, "z", `${words.logit} ${name}`, logit, (value) => (get("z")[k] = value));
    const cell = element("div", "xdb-pair", line);
    const pair = element("div", "xdb-bars", cell);
    const fill = (className) => element("div", "xb-fill", element("div", `xb-bar ${className}`, pair));
    const [barP, barQ] = [fill("xdb-bar-p"), fill("xdb-bar-q")];
    const text = element("span", "xb-number", cell);
    const term = element("span", "xdb-term xb-number", line);
    const own = element("span", "xdb-own xb-number", line);
    return { line, title, p, q, z, barP, barQ, text, term, own };
  }

  // A fader and a field for one number; where the board has no such part, only the number, or nothing.
  function entry(line, part, label, { low, high, least, most, step }, take) {
    const cell = element("div", `xdb-${part}`, line);
    if (!(part in names)) {
      if (part !== "p") cell.remove();
      const text = element("span", "xdb-given xb-number", cell);
      return { cell, show: (value) => (text.textContent = number(value, 2)) };
    }
    const fader = element("input", "", cell, { type: "range", min: low, max: high, step, "aria-label": label });
    fader.oninput = (event) => {
      take(Number(fader.value));
      redraw(event.timeStamp);
    };
    fader.onchange = tell;
    const field = numberField(cell, "", { label, low: least, high: most, step }, (value, timeStamp) => {
      take(value);
      redraw(timeStamp);
      tell();
    });
    return { cell, show: (value) => {
        setSlider(fader, value);
        field.show(value);
      } };
  }

  function draw(timeStamp) {
    const [p, q] = [target(), guess()];
    const unit = get("unit");
    const scale = unit === "bits" ? 1 / Math.LN2 : 1;
    const byHand = get("guess") === "hand";
    // From the logits, ln q keeps the digits of a tiny loss, which q has lost.
    const logQ = q.map((value, k) => (byHand ? Math.log(value) : -softmaxLoss(get("z"), k)));
    const terms = p.map((value, k) => (value > 0 ? -value * logQ[k] + 0 : 0));
    for (const { show } of choices) show();
    if (smoothing) smoothing.show();
    headQ.innerHTML = `${byHand ? words.predicted : words.logit} ${math(sub(byHand ? "q" : "f"))}`;
    headTerm.innerHTML = math("<mo>−</mo>", sub("p"), LOGARITHM[unit], sub("q"));
    headOwn.innerHTML = math(sub("p"), LOGARITHM[unit], "<mo>(</mo>", sub("p"), "<mo>/</mo>", sub("q"), "<mo>)</mo>");
    rows.forEach((line, k) => {
      const isTrue = get("target") !== "hand" && k === get("y");
      line.line.classList.toggle("xdb-true", isTrue);
      if (line.title.type) line.title.setAttribute("aria-pressed", String(isTrue));
      line.p.show(p[k]);
      line.q.show(q[k]);
      if (!byHand) line.z.show(get("z")[k]);
      line.q.cell.hidden = !byHand;
      line.z.cell.hidden = byHand;
      line.barP.style.transform = `scaleX(${p[k]})`;
      line.barQ.style.transform = `scaleX(${q[k]})`;
      line.text.textContent = number(q[k], 4);
      line.term.textContent = number(terms[k] * scale);
      const own = p[k] > 0 ? withoutRoundings(p[k] * Math.log(p[k]) + terms[k], terms[k]) : 0;
      line.own.textContent = number(own * scale);
    });
    const values = { entropy: entropy(p), cross_entropy: terms.reduce((a, b) => a + b, 0) };
    const divergence = (from, to) => withoutRoundings(klDivergence(from, to), values.entropy);
    values.divergence = values.entropy === 0 ? values.cross_entropy : divergence(p, q);
    const reverse = divergence(q, p);
    const middle = p.map((value, k) => (value + q[k]) / 2);
    const symmetric = (divergence(p, middle) + divergence(q, middle)) / 2;
    derivation?.draw(get("z"), get("y"), q, values);
    chart.draw({ ...values, reverse, symmetric }, scale, words[`unit_${unit}`]);
    notes.textContent = [
      impossible(p, q, words.infinite),
      first.compare ? impossible(q, p, words.reverse_infinite) : "",
    ].join(" ");
    classes.forEach((_, k) => {
      Object.assign(values, { [`p${k}`]: p[k], [`q${k}`]: q[k], [`g${k}`]: q[k] - p[k], [`z${k}`]: get("z")?.[k] });
    });
    if (along) Object.assign(values, logitLine(p, get("z"), along.k, along.f));
    if (classes.length === 3) Object.assign(values, { x: q[1] + q[2] / 2, y: (q[2] * Math.sqrt(3)) / 2 });
    publish(first.board, values, timeStamp);
  }

  // Say where `by` excludes what `of` allows, in the words of `text`; nothing where it does not.
  function impossible(of, by, text) {
    const k = of.findIndex((value, j) => value > 0 && by[j] === 0);
    return k < 0 ? "" : text.replaceAll("@class", classes[k]).replaceAll("@share", number(of[k], 4));
  }

  function update(data) {
    const other = data.along?.k !== along?.k;
    along = data.along;
    if (state.receive(data.state) || other || !root.dataset.ready) {
      held = null;
      draw(null);
    }
    root.dataset.ready = "true";
  }

  return instance;
});
