// An image times ten templates: the products, the ten sums, and their probabilities, in every frame.
import { setSlider } from "../shared/field.js";
import { softmax, softmaxLoss } from "../shared/losses.js";
import { SharedState, element, defineComponent, onNextFrame, placeFigure } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { draw as paintPixels, paintable } from "./canvas.js";
import { SIZE, altered, loadArray, logit, pack, rimColour, unpack } from "./image.js";

const FILES = ["images.npy", "templates.npy"];
const LENGTH = 3 * SIZE * SIZE;
const SLIDER = 6;

export default defineComponent(import.meta.url, (root, first) => {
  const { words, classes, colours, paints, limits } = first;
  const state = new SharedState(first.state);
  const instance = { update, state };
  const redraw = onNextFrame(draw);
  let images = null;
  let templates = null;
  let letters = unpack(state.now.paint);
  let brush = "m";
  const send = () => {
    state.now.paint = pack(letters);
    state.send();
  };

  root.className = "xb xpb";
  const canvas = paintable(root, words.paint_label, paint, send);
  const left = element("div", "xpb-left", root);
  const sliders = Object.entries({ right: 1, down: 1, light: 0.05 }).map(([name, step]) => {
    const label = element("label", "xpb-slider", left);
    element("span", "", label, { text: words[name] });
    const [min, max] = limits[name];
    const slider = element("input", "", label, { type: "range", min, max, step, "aria-label": words[name] });
    const text = element("span", "xb-number", label);
    slider.oninput = (event) => {
      state.now[name] = Number(slider.value);
      redraw(event.timeStamp);
    };
    slider.onchange = send;
    return () => {
      text.textContent = number(state.now[name], step < 1 ? 2 : 0);
      setSlider(slider, state.now[name], text.textContent);
    };
  });
  const invertLabel = element("label", "xpb-check", left);
  const invert = element("input", "", invertLabel, { type: "checkbox" });
  invertLabel.append(words.invert);
  invert.onchange = (event) => {
    state.now.invert = invert.checked;
    redraw(event.timeStamp);
    send();
  };
  element("p", "xpb-hint xb-head", left, { text: words.paint_hint });
  const palette = element("div", "xpb-palette", left, { role: "radiogroup", "aria-label": words.brush });
  const brushes = ["m", ...Object.keys(paints), "."].map((letter) => {
    const label = element("label", "", palette, { title: words[`brush_${letter === "." ? "none" : letter}`] });
    const input = element("input", "", label, { type: "radio", name: `brush-${classes[0]}`, "aria-label": label.title });
    input.checked = letter === brush;
    input.onchange = () => (brush = letter);
    const swatch = element("i", "", label, { text: letter === "." ? "⌫" : "" });
    return { letter, swatch };
  });
  const clear = element("button", "", palette, { type: "button", text: words.clear });
  clear.onclick = (event) => {
    letters = unpack("");
    redraw(event.timeStamp);
    send();
  };

  const choices = element("div", "xpb-choices", root, { role: "group", "aria-label": words.choose });
  const thumbs = classes.map((name, k) => {
    const button = element("button", "", choices, { type: "button", title: name, "aria-label": name });
    button.onclick = (event) => {
      state.now.pic = k;
      redraw(event.timeStamp);
      send();
    };
    return { button, canvas: element("canvas", "", button, { width: SIZE, height: SIZE }) };
  });
  const verdict = element("p", "xpb-verdict", root, { role: "status" });
  const table = element("div", "xb xpb-table", root);
  const sum = element("p", "xb xpb-sum", root);
  const takeFigureBack = placeFigure(first.board, { figure: table, sum });
  instance.remove = () => {
    takeFigureBack();
    canvas.remove();
  };
  const head = element("div", "xpb-row xb-head", table, { "aria-hidden": "true" });
  const math = (text) => `<math>${text}</math>`;
  const P = '<mi>P</mi><mo stretchy="false">(</mo><mi>k</mi><mo>|</mo><mi>x</mi><mo stretchy="false">)</mo>';
  for (const html of [words.class, math("<msub><mi>W</mi><mi>k</mi></msub>"), math("<mi>x</mi><mo>·</mo><msub><mi>W</mi><mi>k</mi></msub>"),
    math("<msub><mi>f</mi><mi>k</mi></msub>"), "", math(P), ""]) element("span", "", head).innerHTML = html;
  const rows = classes.map((name, k) => {
    const row = element("div", "xpb-row", table);
    row.style.setProperty("--xb-colour", colours[k]);
    row.style.setProperty("--xb-thumb", colours[k]);
    element("span", "xpb-name", row, { text: name });
    const template = element("canvas", "", row, { width: SIZE, height: SIZE });
    const product = element("canvas", "", row, { width: SIZE, height: SIZE });
    const slider = element("input", "", row, { type: "range", min: -SLIDER, max: SLIDER, step: "any", disabled: "", "aria-hidden": "true" });
    const value = element("span", "xb-number", row);
    const fill = element("div", "xb-fill", element("div", "xb-bar", row));
    return { row, template, product, slider, value, fill, share: element("span", "xb-number", row) };
  });

  async function load() {
    const [pixels, weights] = await Promise.all(FILES.map((name) => loadArray(new URL(name, import.meta.url))));
    images = Float64Array.from(pixels, (value) => value / 255);
    templates = weights;
    rows.forEach(({ template }, k) => {
      const own = templates.subarray(k * (LENGTH + 1), k * (LENGTH + 1) + LENGTH);
      const largest = own.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
      paintPixels(template, (i) => [0, 1, 2].map((c) => 0.5 + own[3 * i + c] / (2 * largest)));
    });
    thumbs.forEach(({ canvas }, k) => paintPixels(canvas, (i) => images.subarray(k * LENGTH + 3 * i, k * LENGTH + 3 * i + 3)));
    draw();
  }

  // The brush is three pixels wide.
  function paint(row, column, timeStamp) {
    for (let i = Math.max(0, row - 1); i <= Math.min(SIZE - 1, row + 1); i += 1) {
      for (let j = Math.max(0, column - 1); j <= Math.min(SIZE - 1, column + 1); j += 1) letters[i * SIZE + j] = brush;
    }
    redraw(timeStamp);
  }

  function draw() {
    if (!templates) return;
    const y = state.now.pic;
    const image = altered(images.subarray(y * LENGTH, (y + 1) * LENGTH), state.now, letters, paints);
    canvas.show(image);
    const rim = rimColour(image);
    for (const { letter, swatch } of brushes) {
      const colour = letter === "m" ? rim : paints[letter];
      if (colour) swatch.style.background = `rgb(${colour.map((value) => Math.round(255 * value)).join(",")})`;
    }
    thumbs.forEach(({ button }, k) => button.setAttribute("aria-pressed", String(k === y)));
    for (const show of sliders) show();
    invert.checked = state.now.invert;
    const terms = classes.map((_, k) => logit(image, templates, k));
    const f = terms.map((term) => term.sum + term.bias);
    const p = softmax(f);
    rows.forEach(({ row, product, slider, value, fill, share }, k) => {
      const start = k * (LENGTH + 1);
      paintPixels(product, (i) => {
        let term = 0;
        for (let c = 0; c < 3; c += 1) term += image[3 * i + c] * templates[start + 3 * i + c];
        const size = Math.min(1, Math.abs(term) / 0.15);
        return (term > 0 ? [0.85, 0.45, 0.1] : [0.25, 0.31, 0.82]).map((channel) => 1 - size * (1 - channel));
      });
      row.classList.toggle("xpb-true", k === y);
      slider.value = f[k];
      value.textContent = number(f[k], 2);
      fill.style.transform = `scaleX(${p[k]})`;
      share.textContent = number(p[k], 3);
    });
    const best = p.indexOf(Math.max(...p));
    verdict.className = `xpb-verdict xpb-${best === y ? "right" : "wrong"}`;
    verdict.textContent = (best === y ? words.is_right : words.is_wrong)
      .replace("@predicted", classes[best]).replace("@true", classes[y]).replace("@loss", number(softmaxLoss(f, y)));
    sum.textContent = words.sum.replaceAll("@class", classes[best])
      .replace("@sum", number(terms[best].sum)).replace("@bias", number(terms[best].bias).replace(/^(−.*)$/, "($1)"))
      .replace("@logit", number(f[best]));
  }

  function update(data) {
    if (state.receive(data.state) || !root.dataset.ready) {
      letters = unpack(state.now.paint);
      draw();
    }
    root.dataset.ready = "true";
    return templates ? null : load();
  }

  return instance;
});
