// Sliders for the true distribution p and the predicted q, redrawn on every animation frame. H(p,q) = H(p) + D_KL(p‖q)
// as bars, its terms class by class, and the way to the softmax loss may stand elsewhere on the page. All values are
// computed in nats; the unit only changes what is written and drawn.
import { entropy, klDivergence, softmax, softmaxLoss, withoutRoundings } from "../shared/losses.js";
import { SharedState, element, defineComponent, onNextFrame, placeFigure, publish } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { colouredRow, nameButton, sliderWithField } from "../shared/rows.js";
import { bars } from "./bars.js";
import { chain } from "./chain.js";
import { logitLine } from "./line.js";
import { apportion, pour, UNITS } from "./shares.js";
import { termRows } from "./terms.js";

const sub = (letter) => `<msub><mi>${letter}</mi><mi>k</mi></msub>`;
const math = (inner) => `<math>${inner}</math>`;

export default defineComponent(import.meta.url, (root, first) => {
  const { words, classes, colours, names, fixed, limits } = first;
  const state = new SharedState(first.state);
  const instance = { update, state };
  const redraw = onNextFrame(draw);
  const send = () => state.send();
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

  // While one slider moves, the others keep the ratios that they had when it was taken.
  let held = null;
  function give(part, k, share) {
    if (held?.part !== part || held.k !== k) held = { part, k, shares: asShares(part === "p" ? target() : guess()) };
    change({ [part]: pour(held.shares, k, share), [part === "p" ? "target" : "guess"]: "hand" });
  }

  root.className = "p" in names ? "xb xdb" : "xb xdb xdb-given";
  const controls = element("div", "xdb-controls", root);
  const choices = [
    choice("target", ["onehot", "smoothed", "hand"], (value) => value === "hand" && change({ p: asShares(target()) })),
    choice("guess", ["logits", "hand"], (value) => value === "hand" && change({ q: asShares(guess()) })),
    choice("unit", ["nats", "bits"], () => {}),
  ];
  const smoothing = "eps" in names && smoothingSlider();
  if (smoothing) choices[0].field.after(smoothing.box);

  const table = element("div", "xdb-table", root, { role: "group", "aria-label": words.board });
  const head = element("div", "xdb-row xb-head", table, { "aria-hidden": "true" });
  element("span", "xdb-name", head, { text: words.class });
  element("span", "xdb-p", head).innerHTML = `${words.true} ${math(sub("p"))}`;
  const headQ = element("span", "xdb-q", head);
  const rows = classes.map((name, k) => row(name, k));

  const figure = element("div", "xb xdb-figure", root);
  const chart = bars(figure, words, classes, first.compare);
  const notes = element("div", "xdb-notes", figure, { role: "status" });
  const terms = termRows(root, first);
  const derivation = first.derive ? chain(root) : null;
  instance.remove = placeFigure(first.board, { figure, terms: terms.box, ...(derivation && { chain: derivation.box }) });

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
        send();
      };
      return input;
    });
    return { field, show: () => inputs.forEach((input) => (input.checked = input.value === get(part))) };
  }

  function smoothingSlider() {
    const box = element("div", "xdb-smoothing", controls);
    element("span", "", box).innerHTML = "<math><mi>ε</mi></math>";
    const set = (eps, timeStamp) => {
      change({ eps });
      redraw(timeStamp);
    };
    const give = sliderWithField(box, ["", ""], { label: words.eps, min: 0, max: 1, step: 0.01 }, set, send);
    const show = () => {
      box.hidden = get("target") !== "smoothed";
      give(get("eps"));
    };
    return { box, show };
  }

  function row(name, k) {
    const line = colouredRow(table, "xdb-row", colours[k]);
    const title = "y" in names
      ? nameButton(line, "xdb-name", "xdb-swatch", { name, title: words.choose }, (timeStamp) => {
          change({ y: k, ...(get("target") === "hand" && { target: "onehot" }) });
          held = null;
          redraw(timeStamp);
          send();
        })
      : plainName(line, name);
    const probability = { min: 0, max: 1, step: 0.01 };
    const p = entry(line, "p", k, { label: `${words.true} p, ${name}`, ...probability }, (value) => give("p", k, value));
    const q = entry(line, "q", k, { label: `${words.predicted} q, ${name}`, ...probability }, (value) => give("q", k, value));
    const [min, max] = first.slider;
    const logit = { label: `${words.logit} ${name}`, min, max, low: limits[0], high: limits[1] };
    const z = entry(line, "z", k, logit, (value) => (get("z")[k] = value));
    return { line, title, p, q, z };
  }

  function plainName(line, name) {
    const title = element("span", "xdb-name", line);
    element("i", "xdb-swatch", title);
    element("span", "", title, { text: name });
    return title;
  }

  // A slider and a field for one number; where the board has no such part, only the number of p.
  function entry(line, part, k, range, take) {
    const cell = element("div", `xdb-${part}`, line, { "data-term": `${part === "p" ? "p" : "q"}${k}` });
    if (part in names) {
      const move = (value, timeStamp) => {
        take(value);
        redraw(timeStamp);
      };
      return { cell, show: sliderWithField(cell, ["", ""], range, move, send) };
    }
    if (part !== "p") cell.remove();
    const text = element("span", "xb-number", cell);
    return { cell, show: (value) => (text.textContent = number(value, 2)) };
  }

  function draw(timeStamp) {
    const [p, q] = [target(), guess()];
    const unit = get("unit");
    const scale = unit === "bits" ? 1 / Math.LN2 : 1;
    const byHand = get("guess") === "hand";
    // From the logits, ln q keeps the digits of a tiny loss, which q has lost.
    const logQ = q.map((value, k) => (byHand ? Math.log(value) : -softmaxLoss(get("z"), k)));
    const costs = p.map((value, k) => (value > 0 ? -value * logQ[k] + 0 : 0));
    for (const { show } of choices) show();
    if (smoothing) smoothing.show();
    headQ.innerHTML = `${byHand ? words.predicted : words.logit} ${math(sub(byHand ? "q" : "f"))}`;
    rows.forEach((line, k) => {
      const isTrue = get("target") !== "hand" && k === get("y");
      line.line.classList.toggle("xdb-true", isTrue);
      if (line.title.type) line.title.setAttribute("aria-pressed", String(isTrue));
      line.p.show(p[k]);
      line.q.show(q[k]);
      if (!byHand) line.z.show(get("z")[k]);
      line.q.cell.hidden = !byHand;
      line.z.cell.hidden = byHand;
    });
    terms.draw(p, q, costs, scale, unit);
    const values = { entropy: entropy(p), cross_entropy: costs.reduce((a, b) => a + b, 0) };
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
