// Ten faders for the logits, the true class and the temperature; powers, probabilities, gradient, loss and the
// formula with its numbers, redrawn on every animation frame.
import { softmax, softmaxLoss, softmaxLossGradient } from "../shared/losses.js";
import { SharedState, element, mounting, onNextFrame, publish } from "../shared/mount.js";
import { number } from "../shared/notation.js";

export default mounting(import.meta.url, (root, first) => {
  const { words, classes, colours, limits } = first;
  const state = new SharedState(first.state);
  const instance = { update, remove: () => {} };
  const redraw = onNextFrame(draw);
  const tell = () => state.tell(instance.setStateValue);

  root.className = "xb xlb";
  const table = element("div", "xlb-table", root, { role: "group", "aria-label": words.board });
  const head = element("div", "xlb-row xb-head", table, { "aria-hidden": "true" });
  const power = "<msup><mi>e</mi><mrow><msub><mi>f</mi><mi>k</mi></msub>%</mrow></msup>";
  const overT = "<mo>/</mo><mi>T</mi>";
  element("span", "xlb-name", head, { text: words.class });
  element("span", "xlb-fader", head).innerHTML = `<span>${words.logit}</span> <math><msub><mi>f</mi><mi>k</mi></msub></math>`;
  element("span", "xlb-value", head);
  const headPower = element("span", "xlb-power", head);
  element("span", "xlb-p", head).innerHTML = "<math><mi>P</mi><mo>(</mo><mi>k</mi><mo>|</mo><mi>x</mi><mo>)</mo></math>";
  element("span", "xlb-g", head).innerHTML =
    "<math><mi>P</mi><mo>(</mo><mi>k</mi><mo>|</mo><mi>x</mi><mo>)</mo><mo>−</mo><mn>1</mn><mo>(</mo><mi>y</mi><mo>=</mo><mi>k</mi><mo>)</mo></math>";

  const rows = classes.map((name, k) => {
    const row = element("div", "xlb-row", table);
    row.style.setProperty("--xb-colour", colours[k]);
    row.style.setProperty("--xb-thumb", colours[k]);
    const button = element("button", "xlb-name", row, { type: "button", title: words.choose.replace("@", name) });
    element("i", "xlb-swatch", button);
    element("span", "", button, { text: name });
    const fader = element("input", "xlb-fader", row, {
      type: "range", min: limits.fader[0], max: limits.fader[1], step: 0.1, "aria-label": `${words.logit} ${name}`,
    });
    const value = element("input", "xlb-value", row, {
      type: "number", min: limits.z[0], max: limits.z[1], step: "any", "aria-label": `${words.logit} ${name}`,
    });
    const bar = (column) => {
      const cell = element("div", `xlb-cell ${column}`, row);
      const fill = element("div", "xb-fill", element("div", "xb-bar", cell));
      return { fill, text: element("span", "xb-number", cell) };
    };
    const cells = { power: bar("xlb-power"), p: bar("xlb-p"), g: bar("xlb-g") };

    button.onclick = (event) => {
      state.now.y = k;
      redraw(event.timeStamp);
      tell();
    };
    fader.oninput = (event) => {
      state.now.z[k] = Number(fader.value);
      redraw(event.timeStamp);
    };
    fader.onchange = tell;
    value.onchange = (event) => {
      if (value.value !== "" && value.validity.valid) state.now.z[k] = Number(value.value);
      redraw(event.timeStamp);
      tell();
    };
    return { row, button, fader, value, ...cells };
  });

  const foot = element("div", "xlb-foot", root);
  const heat = element("label", "xlb-heat", foot);
  element("span", "", heat, { text: words.temperature }).insertAdjacentHTML("beforeend", " <math><mi>T</mi></math>");
  // Equal steps of the fader are equal factors of the temperature.
  const [low, high] = limits.T;
  const heatFader = element("input", "", heat, {
    type: "range", min: Math.log(low), max: Math.log(high), step: "any", "aria-label": words.temperature,
  });
  const heatText = element("span", "xb-number", heat);
  heatFader.oninput = (event) => {
    const T = Number(Math.exp(heatFader.value).toPrecision(2));
    state.now.T = Math.min(high, Math.max(low, Math.abs(T - 1) < 0.04 ? 1 : T));
    redraw(event.timeStamp);
  };
  heatFader.onchange = tell;
  const verdict = element("p", "xlb-verdict", foot, { role: "status" });

  const formula = element("div", "xlb-formula", root);
  const slot = (name) => `<mtext data-slot="${name}"></mtext>`;
  formula.innerHTML = `<math display="block"><mrow>
      <mi>P</mi><mo>(</mo>${slot("class")}<mo>|</mo><mi>x</mi><mo>)</mo><mo>=</mo>
      <mfrac><msup><mi>e</mi>${slot("logit")}</msup><mrow><munder><mo>∑</mo><mi>j</mi></munder>
      <msup><mi>e</mi><mrow><msub><mi>f</mi><mi>j</mi></msub>${slot("overT")}</mrow></msup></mrow></mfrac>
      <mo>=</mo><mfrac>${slot("power")}${slot("sum")}</mfrac><mo>=</mo>${slot("p")}</mrow></math>
    <math display="block"><mrow><mi>L</mi><mo>=</mo><mo>−</mo><mi>ln</mi><mspace width="0.2em"/>${slot("p")}
      <mo>=</mo>${slot("loss")}</mrow></math>`;
  const slots = (name) => formula.querySelectorAll(`[data-slot="${name}"]`);
  const overflow = element("p", "xlb-note", root, { text: words.overflow });

  function draw(timeStamp) {
    const { z, y, T } = state.now;
    const p = softmax(z, T);
    const gradient = softmaxLossGradient(z, y, T);
    const loss = softmaxLoss(z, y, T);
    const powers = z.map((logit) => Math.exp(logit / T));
    const sum = powers.reduce((a, b) => a + b, 0);
    const largest = Math.max(...p);
    const best = p.indexOf(largest);
    rows.forEach(({ row, button, fader, value, power, p: probability, g }, k) => {
      row.classList.toggle("xlb-true", k === y);
      button.setAttribute("aria-pressed", String(k === y));
      fader.value = z[k];
      if (document.activeElement !== value || timeStamp === null) value.value = String(Number(z[k].toFixed(2)));
      power.fill.style.transform = `scaleX(${p[k] / largest})`;
      power.text.textContent = number(powers[k], 2);
      probability.fill.style.transform = `scaleX(${p[k]})`;
      probability.text.textContent = number(p[k], 3);
      g.fill.style.transform = `translateX(50%) scaleX(${gradient[k] / 2})`;
      g.text.textContent = number(gradient[k], 3);
    });
    if (document.activeElement !== heatFader) heatFader.value = Math.log(T);
    heatText.textContent = number(T, 2);
    headPower.innerHTML = `<math>${power.replace("%", T === 1 ? "" : overT)}</math>`;
    const right = best === y;
    verdict.className = `xlb-verdict ${right ? "xlb-right" : "xlb-wrong"}`;
    verdict.textContent = (right ? words.right : words.wrong)
      .replace("@predicted", classes[best]).replace("@true", classes[y]).replace("@loss", number(loss));
    const texts = {
      class: classes[y], logit: T === 1 ? number(z[y], 2) : `${number(z[y], 2)}/${number(T, 2)}`,
      overT: T === 1 ? "" : `/${number(T, 2)}`, power: number(powers[y], 3), sum: number(sum, 3), p: number(p[y], 4), loss: number(loss),
    };
    for (const [name, text] of Object.entries(texts)) for (const node of slots(name)) node.textContent = text;
    overflow.hidden = Number.isFinite(sum) && sum > 0;
    const values = { loss, T, y };
    z.forEach((logit, k) => Object.assign(values, { [`z${k}`]: logit, [`p${k}`]: p[k], [`g${k}`]: gradient[k] }));
    publish(first.board, values, timeStamp);
  }

  function update(data) {
    if (state.hear(data.state) || !root.dataset.ready) draw(null);
    root.dataset.ready = "true";
  }

  return instance;
});
