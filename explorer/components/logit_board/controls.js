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

  // change(logit, amount) of the logits that were there when the fader was taken; `nothing` changes none.
  function springing(name, symbol, range, nothing, amount, change) {
    const { label, fader, hint } = control(name, symbol, range);
    let held = null;
    const move = (by, timeStamp) => {
      held ??= [...state.now.z];
      const moved = held.map((logit) => round(change(logit, by)));
      if (moved.some((logit) => Math.abs(logit) > limits.z[1])) return;
      state.now.z = moved;
      redraw(timeStamp);
    };
    const spring = () => {
      held = null;
      fader.value = 0;
      field.show(nothing);
      tell();
    };
    const [low, high] = [range.min, range.max].map(amount);
    const field = numberField(label, "", { label: words[name], low, high }, (by, timeStamp) => {
      move(by, timeStamp);
      spring();
    });
    hint();
    fader.value = 0;
    field.show(nothing);
    fader.oninput = (event) => {
      field.show(amount(Number(fader.value)));
      move(amount(Number(fader.value)), event.timeStamp);
    };
    fader.onchange = spring;
  }
  springing("shift", "<mi>c</mi>", { min: -10, max: 10, step: 0.5 }, 0, (value) => value, (logit, c) => logit + c);
  springing("scale", "<mi>s</mi>", { min: -3, max: 3, step: 0.1 }, 1, (value) => 2 ** value, (logit, s) => logit * s);

  return {
    draw(T) {
      if (document.activeElement !== heat.fader) heat.fader.value = Math.log(T);
      field.show(T);
    },
  };
}
