// What acts on all logits on the board at once: the temperature, and two sliders that spring back when they are let go.
import { stepperField, decimal, setSlider } from "../shared/field.js";
import { element } from "../shared/mount.js";

const round = (value) => Number(value.toFixed(4));

export function wholeControls(root, { words, limits, labels }, state, redraw, send) {
  const onBoard = (z) => labels.map((label) => z[label]);
  const box = element("div", "xlb-controls", root);

  function control(name, symbol, range) {
    const label = element("div", "xlb-control", box);
    const title = element("span", "", label, { text: words[name] });
    title.insertAdjacentHTML("beforeend", ` <math>${symbol}</math>`);
    const slider = element("input", "", label, { type: "range", ...range, "aria-label": words[name] });
    const hint = words[`${name}_hint`];
    return { label, slider, hint: () => element("small", "", label, { text: hint }) };
  }

  // Equal steps of the slider are equal factors of the temperature.
  const [low, high] = limits.T;
  const temperature = control("temperature", "<mi>T</mi>", { min: Math.log(low), max: Math.log(high), step: "any" });
  const setT = (T, timeStamp) => {
    state.now.T = T;
    redraw(timeStamp);
  };
  const field = stepperField(temperature.label, "", { label: words.temperature, low, high }, (T, timeStamp) => {
    setT(T, timeStamp);
    send();
  });
  temperature.hint();
  temperature.slider.oninput = (event) => {
    const T = Number(Math.exp(temperature.slider.value).toPrecision(2));
    setT(Math.min(high, Math.max(low, Math.abs(T - 1) < 0.04 ? 1 : T)), event.timeStamp);
  };
  temperature.slider.onchange = send;

  // change(logit, by) of the logits that were there when the slider was taken; `nothing` changes none. accepted(logits)
  // says between which amounts they stay logits that there may be.
  function springing(name, symbol, range, nothing, amount, accepted, change) {
    const { label, slider, hint } = control(name, symbol, range);
    let held = null;
    const move = (by, timeStamp) => {
      held ??= [...state.now.z];
      state.now.z = held.map((logit, label) => (labels.includes(label) ? round(change(logit, by)) : logit));
      redraw(timeStamp);
    };
    const spring = () => {
      held = null;
      rest();
      send();
    };
    const rest = () => {
      field.show(nothing);
      setSlider(slider, 0, decimal(nothing));
    };
    const options = { label: words[name], limits: () => accepted(onBoard(state.now.z)) };
    const field = stepperField(label, "", options, (by, timeStamp) => {
      move(by, timeStamp);
      spring();
    });
    hint();
    rest();
    slider.oninput = (event) => {
      const [least, most] = accepted(onBoard(held ?? state.now.z));
      const by = Math.min(most, Math.max(least, amount(Number(slider.value))));
      field.show(by);
      setSlider(slider, slider.value, decimal(by));
      move(by, event.timeStamp);
    };
    slider.onchange = spring;
  }
  const [least, most] = limits.z;
  const shifts = (z) => [round(least - Math.min(...z)), round(most - Math.max(...z))];
  const scales = (z) => {
    const largest = Math.floor((1e4 * most) / Math.max(1, ...z.map(Math.abs))) / 1e4;
    return [-largest, largest];
  };
  springing("shift", "<mi>c</mi>", { min: -10, max: 10, step: 0.5 }, 0, (value) => value, shifts, (logit, c) => logit + c);
  springing("scale", "<mi>s</mi>", { min: -3, max: 3, step: 0.1 }, 1, (value) => 2 ** value, scales, (logit, s) => logit * s);

  return {
    draw(T) {
      setSlider(temperature.slider, document.activeElement === temperature.slider ? temperature.slider.value : Math.log(T), decimal(T));
      field.show(T);
    },
  };
}
