// What an image becomes inside a network: its feature maps layer by layer, one of them step by step, one product of the
// first convolution, and the saliency maps of a logit.
import { SharedState, element, defineComponent, onNextFrame, placeFigure } from "../shared/mount.js";
import { fill, number } from "../shared/notation.js";
import { choosable, grey, signed, unpacked } from "./pixels.js";
import { fixed, patchAt, productTables } from "./product.js";

const SIDE = 32;
const PIXELS = SIDE * SIDE;
const PREDICTED = "predicted";

export default defineComponent(import.meta.url, (root, data) => {
  const { words, layers, classes, logits } = data;
  const state = new SharedState(data.state);
  const redraw = onNextFrame(draw);
  const input = unpacked(data.input, Float32Array);
  const kernels = data.kernels ? unpacked(data.kernels, Float32Array) : null;
  const maps = { saliency: unpacked(data.saliency, Uint8Array), untrained: unpacked(data.untrained, Uint8Array) };
  for (const layer of layers) for (const step of layer.steps) step.values = unpacked(step.maps, Int8Array);
  const [first] = layers[0].steps; // a place is one of its maps'
  const hasPlaces = first.height > 1;
  const predicted = logits.indexOf(Math.max(...logits));

  root.className = "xb xin";
  const figure = element("div", "xb xin-figure", root);
  const takeFigureBack = placeFigure(data.board, { figure });
  const target = () => (state.now.target === PREDICTED ? predicted : Number(state.now.target));
  const chosen = () => {
    const layer = Math.min(state.now.layer, layers.length - 1);
    return [layer, Math.min(state.now.map, layers[layer].channels.length - 1)];
  };
  const place = () => [Math.min(state.now.row, first.height - 1), Math.min(state.now.column, first.width - 1)];

  const { cursor, showSaliency } = buildTop();
  const buttons = buildRows();
  const bars = buildLogits();
  const title = element("p", "xin-title", root);
  const steps = element("div", "xin-steps", root);
  const product = element("div", "xin-product", root);
  const showProduct = kernels ? productTables(product, data.size, words) : null;
  let drawn = ""; // which map is drawn step by step
  let crosses = [];

  function moveTo(row, column, timeStamp) {
    Object.assign(state.now, { row, column });
    redraw(timeStamp);
  }

  // Make a canvas a place to choose on, and return the mark of the chosen one; it covers `size` pixels.
  function markable(canvas, label, size, shift, side) {
    Object.entries({ tabindex: 0, role: "application", "aria-label": label }).forEach((pair) => canvas.setAttribute(...pair));
    const from = (value, most) => Math.min(most - 1, Math.max(0, value));
    choosable(canvas, side, side, place, (row, column, timeStamp) => {
      moveTo(from(row, first.height), from(column, first.width), timeStamp);
    }, () => state.send());
    const mark = element("i", "xin-mark", canvas.parentElement);
    mark.style.width = mark.style.height = `${(100 * size) / side}%`;
    return (row, column) => {
      mark.style.top = `${(100 * (row - shift)) / side}%`;
      mark.style.left = `${(100 * (column - shift)) / side}%`;
    };
  }

  function framed(parent, caption) {
    const node = element("figure", "", parent);
    const frame = element("span", "xin-frame", node);
    element("figcaption", "", node, { text: caption });
    return frame;
  }

  function buildTop() {
    const top = element("div", "xin-top", figure);
    const frame = framed(top, words.image);
    const image = element("img", "xin-pixels", frame, { src: data.image, alt: words.image, draggable: "false" });
    const cursor = hasPlaces ? markable(image, words.place, data.size || 1, data.padding, SIDE) : () => {};
    const frames = Object.keys(maps).map((name) => [name, framed(top, words[name])]);
    const showSaliency = (k) => {
      for (const [name, frame] of frames) {
        const values = maps[name].subarray(k * PIXELS, (k + 1) * PIXELS);
        frame.replaceChildren();
        grey(frame, values, SIDE, { role: "img", "aria-label": `${words[name]}, ${classes[k]}` });
      }
    };
    return { cursor, showSaliency };
  }

  // The maps of all layers are one set of radio buttons; the arrow keys go to the neighbours.
  function buildRows() {
    const rows = element("div", "xin-rows", figure, { role: "radiogroup", "aria-label": words.maps });
    return layers.map((layer, l) => {
      const row = element("div", "xin-row", rows);
      const told = element("span", "xin-name", row);
      element("b", "", told, { text: nameOf(l) });
      element("small", "", told, { text: layer.shape.join(" × ") });
      const last = layer.steps.at(-1);
      const isLine = last.height === 1;
      const strip = element("span", isLine ? "xin-line" : "xin-maps", row);
      return layer.channels.map((channel, m) => {
        const button = element("button", "xb-shows", strip, {
          type: "button", role: "radio", "aria-label": isLine ? nameOf(l) : called(l, channel),
        });
        signed(button, mapOf(last, m), last.width, last.height);
        button.onclick = () => choose(l, m);
        button.onkeydown = (event) => {
          const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
          const to = move && buttons[l + move[0]]?.[Math.min(m, buttons[l + move[0]].length - 1) + move[1]];
          if (!move) return;
          event.preventDefault();
          to?.click();
          to?.focus();
        };
        return button;
      });
    });
  }

  function choose(layer, map) {
    Object.assign(state.now, { layer, map });
    draw();
    state.send();
  }

  function buildLogits() {
    const row = element("div", "xb xin-logits", figure, { role: "radiogroup", "aria-label": words.logits });
    const most = Math.max(...logits.map(Math.abs), 1e-30);
    const made = logits.map((logit, k) => {
      const button = element("button", "xb-shows", row, {
        type: "button", role: "radio", "aria-label": `${classes[k]}: ${fixed(logit, 2)}`, title: classes[k],
      });
      const bar = element("i", "", element("span", "xin-bar", button));
      bar.style.cssText = `height: ${(50 * Math.abs(logit)) / most}%; ${logit < 0 ? "top" : "bottom"}: 50%; background: ${data.colours[k]}`;
      element("span", "", button, { text: fixed(logit, 1) });
      element("small", k === data.label ? "xin-true" : "", button, { text: classes[k] });
      button.onclick = () => {
        state.now.target = k === predicted ? PREDICTED : String(k);
        draw();
        state.send();
      };
      button.onkeydown = (event) => {
        const to = { ArrowLeft: k - 1, ArrowRight: k + 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        bars[to]?.click();
        bars[to]?.focus();
      };
      return button;
    });
    // A phone has no room for them in the figure, which stays in sight.
    const isNarrow = matchMedia("(max-width: 899px)");
    isNarrow.onchange = () => (isNarrow.matches ? root.prepend(row) : figure.append(row));
    isNarrow.onchange();
    return made;
  }

  // "Convolution 2": those of a kind are counted.
  function nameOf(l) {
    const kind = layers[l].steps[0].name;
    const same = layers.filter((layer) => layer.steps[0].name === kind);
    const isAlone = same.length === 1;
    return isAlone ? words.steps[kind] : `${words.steps[kind]} ${same.indexOf(layers[l]) + 1}`;
  }

  function called(l, channel) {
    const isTemplate = layers[l].steps[0].name === "Template";
    return fill(isTemplate ? words.template : words.map, { layer: nameOf(l), k: String(channel), name: classes[channel] ?? "" });
  }

  function mapOf({ values, width, height }, m) {
    return values.subarray(m * width * height, (m + 1) * width * height);
  }

  function drawSteps(l, m) {
    const layer = layers[l];
    const isLine = layer.steps[0].height === 1;
    title.textContent = isLine ? fill(words.line, { layer: nameOf(l), n: layer.shape[0] }) : called(l, layer.channels[m]);
    steps.replaceChildren();
    steps.classList.toggle("xin-lines", isLine);
    crosses = [];
    layer.steps.forEach((step, s) => {
      const frame = framed(steps, `${words.steps[step.name]} (±${number(step.scale, 2)})`);
      const canvas = signed(frame, mapOf(step, m), step.width, step.height, { role: "img" });
      canvas.setAttribute("aria-label", words.steps[step.name]);
      if (l === 0 && s === 0 && hasPlaces) crosses.push(markable(canvas, words.place, 1, 0, step.height));
    });
  }

  function draw() {
    const [l, m] = chosen();
    if (drawn !== `${l} ${m}`) {
      drawn = `${l} ${m}`;
      drawSteps(l, m);
    }
    buttons.forEach((row, i) => row.forEach((button, j) => check(button, i === l && j === m)));
    bars.forEach((button, k) => check(button, k === target()));
    showSaliency(target());
    const [row, column] = place();
    for (const show of [cursor, ...crosses]) show(row, column);
    product.hidden = l > 0 || !hasPlaces;
    if (product.hidden) return;
    if (!showProduct) {
      const value = (first.scale / 127) * mapOf(first, m)[row * first.width + column];
      product.textContent = fill(words.here, { row: String(row), column: String(column), value: number(value) });
      return;
    }
    const length = 3 * data.size ** 2;
    const kernel = kernels.subarray(m * length, (m + 1) * length);
    showProduct(patchAt(input, data.size, data.padding, row, column), [...kernel], data.bias[m]);
  }

  function check(button, isChosen) {
    button.setAttribute("aria-checked", isChosen);
    button.tabIndex = isChosen ? 0 : -1;
  }

  let isBuilt = false;
  function update(next) {
    if (state.receive(next.state) || !isBuilt) draw();
    isBuilt = true;
  }

  return { update, state, remove: takeFigureBack };
});
