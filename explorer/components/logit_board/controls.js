// What acts on all ten logits at once: the temperature, and two faders that spring back when they are let go.
import { numberField } from "../shared/field.js";
import { element } from "../shared/mount.js";

const round = (value) => Number(value.toFixed(4));

export function wholeControls(root, { words, limits }, state, redraw, tell) {
  const box = element("div", "xlb-controls", root);

  function control(name, symbol, range) {
    const label = element("div", "xlb-control", box);
    const title = element("span", "", label, { text: words[name] });
    title.insertAdjacentHTML("beforeend", ` <math>${symbol}</math>`);
    const fader = element("input", "", label, { type: "range", ...range, "aria-label": words[name] });
    const hint = words[`${name}_hint`];
    return { label, fader, hint: () => element("small", "", label, { text: hint }) };
  }

  // Equal steps of the fader are equal factors of the temperature.
  const [low, high] = limits.T;
  const heat = control("temperature", "<mi>T</mi>", { min: Math.log(low), max: Math.log(high), step: "any" });
  const setT = (T, timeStamp) => {
    state.now.T = T;
    redraw(timeStamp);
  };
  const field = numberField(heat.label, "", { label: words.temperature, low, high }, (T, timeStamp) => {
    setT(T, timeStamp);
    tell();
  });
  heat.hint();
  heat.fader.oninput = (event) => {
    const T = Number(Math.exp(heat.fader.value).toPrecision(2));
    setT(Math.min(high, Math.max(low, Math.abs(T - 1) < 0.04 ? 1 : T)), event.timeStamp);
  };
  heat.fader.onchange = tell;

  // change(logit, amount) of the logits that were there when the fader was taken.
  function springing(name, symbol, range, amount, change, write) {
    const { label, fader, hint } = control(name, symbol, range);
    const text = element("output", "xb-number", label);
    let held = null;
    hint();
    text.textContent = write(amount(0));
    fader.oninput = (event) => {
      held ??= [...state.now.z];
      const moved = held.map((logit) => round(change(logit, amount(Number(fader.value)))));
      if (moved.some((logit) => Math.abs(logit) > limits.z[1])) return;
      state.now.z = moved;
      text.textContent = write(amount(Number(fader.value)));
      redraw(event.timeStamp);
    };
    fader.onchange = () => {
      held = null;
      fader.value = 0;
      text.textContent = write(amount(0));
      tell();
    };
    fader.value = 0;
  }
  springing("shift", "<mi>c</mi>", { min: -10, max: 10, step: 0.5 }, (value) => value, (logit, c) => logit + c,
    (c) => `${c < 0 ? "−" : "+"}${Math.abs(c).toFixed(1)}`);
  springing("scale", "<mi>s</mi>", { min: -3, max: 3, step: 0.1 }, (value) => 2 ** value, (logit, s) => logit * s,
    (s) => `×${s.toFixed(2)}`);

  return {
    draw(T) {
      if (document.activeElement !== heat.fader) heat.fader.value = Math.log(T);
      field.show(T);
    },
  };
}
