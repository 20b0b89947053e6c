// A slider for the logit, and the observed label with both probabilities; the formulas with their numbers stand
// elsewhere. All of it is redrawn on every animation frame.
import { binaryCrossEntropy, binaryCrossEntropyGradient, sigmoid, squaredError, squaredErrorGradient } from "../shared/losses.js";
import { SharedState, element, defineComponent, onNextFrame, placeFigure, publish } from "../shared/mount.js";
import { CLOSE, GIVEN, OPEN, number } from "../shared/notation.js";
import { barWithNumber, sliderWithField } from "../shared/rows.js";
import { liveFormulas } from "./formulas.js";

export default defineComponent(import.meta.url, (root, first) => {
  const { words, colours, limits } = first;
  const state = new SharedState(first.state);
  const instance = { update, state };
  const redraw = onNextFrame(draw);
  const send = () => state.send();
  let squared = first.squared;

  root.className = "xb xlg";
  const table = element("div", "xlg-table", root, { role: "group", "aria-label": words.board });
  const top = element("div", "xlg-row xlg-logit", table, { "data-term": "z" });
  element("span", "xlg-name", top).innerHTML = `${words.logit} <math><mi>z</mi></math>`;
  const [min, max] = limits.slider;
  const [low, high] = limits.z;
  const showLogit = sliderWithField(top, ["", "xlg-value"], { label: words.logit, min, max, low, high }, (z, timeStamp) => {
    state.now.z = z;
    redraw(timeStamp);
  }, send);

  element("div", "xlg-hint xb-head", table, { text: words.observed });
  const rows = [1, 0].map((label) => {
    const row = element("div", "xlg-row xlg-label", table, { "data-term": "y" });
    row.style.setProperty("--xb-colour", colours[label]);
    const button = element("button", "xlg-name", row, { type: "button", title: words.choose.replace("@", label) });
    element("i", "xlg-swatch", button);
    element("span", "", button).innerHTML = `<math><mi>P</mi>${OPEN}<mi>y</mi><mo>=</mo><mn>${label}</mn>${GIVEN}<mi>x</mi>${CLOSE}</math>`;
    const show = barWithNumber(row, null);
    button.onclick = (event) => {
      state.now.y = label;
      redraw(event.timeStamp);
      send();
    };
    return { label, row, button, show };
  });
  const figure = element("div", "xb xlg-figure");
  const formulas = liveFormulas(figure, words);
  instance.remove = placeFigure(first.board, { figure });

  function draw(timeStamp) {
    const { z, y } = state.now;
    const probabilities = [sigmoid(-z), sigmoid(z)];
    const values = {
      z, y, p0: probabilities[0], p1: probabilities[1], p: probabilities[y],
      loss: binaryCrossEntropy(z, y), gradient: binaryCrossEntropyGradient(z, y),
      squared: squaredError(z, y), slope: sigmoid(z) * sigmoid(-z), squared_gradient: squaredErrorGradient(z, y),
    };
    showLogit(z);
    for (const { label, row, button, show } of rows) {
      row.classList.toggle("xlg-observed", label === y);
      button.setAttribute("aria-pressed", String(label === y));
      show(`scaleX(${probabilities[label]})`, number(probabilities[label]));
    }
    formulas.draw(values, squared);
    publish(first.board, values, timeStamp);
  }

  function update(data) {
    const changed = data.squared !== squared;
    squared = data.squared;
    if (state.receive(data.state) || changed || !root.dataset.ready) draw(null);
    root.dataset.ready = "true";
  }

  return instance;
});
