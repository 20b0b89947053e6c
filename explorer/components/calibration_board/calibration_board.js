// One temperature for all logits. The slider has the temperatures for which Python has computed everything, evenly spaced
// in log T; for others, which can be typed, Python computes the values when they are chosen.
import { stepperField, decimal, setSlider } from "../shared/field.js";
import { SharedState, element, defineComponent, onNextFrame, publish } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { fromWire } from "../shared/wire.js";

const SHOWN = [["loss", 4, 1], ["error", 2, 100], ["confidence", 1, 100], ["accuracy", 1, 100]];

export default defineComponent(import.meta.url, (root, first) => {
  const state = new SharedState(first.state);
  const instance = { update, state };
  const redraw = onNextFrame(draw);
  let data = null;
  root.className = "xb xcb";
  const label = element("label", "xcb-label", root);
  const name = element("span", "", label);
  const slider = element("input", "", root, { type: "range", min: 0, step: 1 });
  const [low, high] = first.limits;
  const field = stepperField(root, "", { label: "T", low, high, step: 0.05 }, (T, timeStamp) => {
    state.now.T = T;
    redraw(timeStamp);
    state.send();
  });
  const list = element("dl", "xcb-numbers", root);
  const cells = SHOWN.map(([what]) => {
    const pair = element("div", "", list);
    return { what, title: element("dt", "", pair), value: element("dd", "xb-number", pair) };
  });
  slider.oninput = (event) => {
    state.now.T = data.steps[slider.value].T;
    redraw(event.timeStamp);
  };
  slider.onchange = () => state.send();

  function nearest(T) {
    const far = ({ at }) => Math.abs(at - Math.log10(T));
    return data.steps.reduce((best, step, i) => (far(step) < far(data.steps[best]) ? i : best), 0);
  }

  function draw(timeStamp) {
    const stop = nearest(state.now.T);
    const now = data.now.T === state.now.T ? data.now : data.steps[stop];
    setSlider(slider, stop, decimal(state.now.T));
    field.show(state.now.T);
    SHOWN.forEach(([what, digits, scale], i) => {
      const unit = data.words.units[what];
      cells[i].value.textContent = `${number(scale * now[what], digits)}${unit}`;
    });
    publish(data.board, now, timeStamp);
  }

  function update(next) {
    data = fromWire(next);
    state.receive(next.state);
    slider.max = data.steps.length - 1;
    slider.setAttribute("aria-label", data.words.T);
    name.textContent = data.words.T;
    for (const { what, title } of cells) title.textContent = data.words[what];
    draw(null);
  }

  return instance;
});
