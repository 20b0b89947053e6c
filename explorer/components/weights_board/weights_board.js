// Sliders for the weights and the bias of logistic regression, the likelihood and the loss of the samples, and what figures
// draw of them, updated on every animation frame.
import { SharedState, element, defineComponent, onNextFrame, publish, subscribe } from "../shared/mount.js";
import { CLOSE, GIVEN, OPEN, number } from "../shared/notation.js";
import { sliderWithField } from "../shared/rows.js";
import { model } from "./model.js";

// The bias is b; beside w₁ and w₂ its setting is named w0.
const SYMBOLS = {
  w: "<mi>w</mi>", w1: "<msub><mi>w</mi><mn>1</mn></msub>", w2: "<msub><mi>w</mi><mn>2</mn></msub>", w0: "<mi>b</mi>", b: "<mi>b</mi>",
};
const of = (name) => `<mi>${name}</mi>${OPEN}<mi>θ</mi>${CLOSE}`;
const p = `<mi>p</mi>${OPEN}<msub><mi>y</mi><mi>i</mi></msub>${GIVEN}<msub><mi>x</mi><mi>i</mi></msub>${CLOSE}`;
const NUMBERS = {
  likelihood: `${of("ℒ")}<mo>=</mo><munder><mo>∏</mo><mi>i</mi></munder>${p}<mo>=</mo>`,
  log_likelihood: `<mi>ln</mi><mspace width="0.2em"/>${of("ℒ")}<mo>=</mo><munder><mo>∑</mo><mi>i</mi></munder><mi>ln</mi><mspace width="0.2em"/>${p}<mo>=</mo>`,
  loss: `${of("J")}<mo>=</mo>`,
};

export default defineComponent(import.meta.url, (root, first) => {
  const { words, names, limits } = first;
  const state = new SharedState(first.state);
  const instance = { update, state, remove: () => stopListening() };
  const redraw = onNextFrame(draw);
  let data = first;
  let compute = null;
  let listensTo = "";
  let stopListening = () => {};

  root.className = "xb xwb";
  const sliders = element("div", "xwb-sliders", root, { role: "group", "aria-label": words.board });
  const rows = names.map((name, i) => {
    const row = element("div", "xwb-row", sliders);
    element("span", "", row).innerHTML = `<math>${SYMBOLS[name]}</math>`;
    const [min, max] = limits[name];
    const label = i < names.length - 1 ? `${words.weight} ${name}` : `${words.bias} b`;
    const show = sliderWithField(row, ["", ""], { label, min, max }, (value, timeStamp) => {
      state.now[name] = Number(value.toFixed(2));
      redraw(timeStamp);
    }, () => state.send());
    return { name, show };
  });
  const told = element("div", "xwb-told", root);
  const texts = first.numbers.map((name) => {
    const line = element("span", `xwb-${name}`, told);
    line.innerHTML = `<math><mrow>${NUMBERS[name]}<mtext></mtext></mrow></math>`;
    return [name, line.querySelector("mtext:last-child")];
  });
  const note = element("p", "xwb-note xb-head", told, { role: "status" });

  function draw(timeStamp) {
    for (const { name, show } of rows) show(state.now[name]);
    const values = compute(names.map((name) => state.now[name]));
    for (const [name, node] of texts) node.textContent = name === "likelihood" && values[name] === 0 ? "0" : number(values[name]);
    const outcome = !first.numbers.includes("likelihood") ? words.right : values.underflow ? words.underflow : words.fits;
    note.textContent = outcome.replace("@k", values.underflow).replace("@m", data.samples.y.length).replace("@right", values.right);
    publish(data.board, { ...state.now, ...values }, timeStamp);
  }

  // The samples are moved by hand. When their number changes, Python draws other figures first.
  function follow({ points }) {
    const { samples } = data;
    if (points.length !== samples.x.length) return;
    compute = model({ ...samples, x: points.map((point) => point.slice(0, samples.x[0].length)), y: points.map((point) => point[2]) });
    redraw(null);
  }

  function update(next) {
    const changed = next.board !== data.board || compute === null;
    data = next;
    if (changed) compute = model(data.samples);
    if (state.receive(data.state) || changed) draw(null);
    if (data.points === listensTo) return;
    listensTo = data.points;
    stopListening();
    stopListening = listensTo ? subscribe(listensTo, follow) : () => {};
  }

  return instance;
});
