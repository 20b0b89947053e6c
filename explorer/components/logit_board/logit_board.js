// A slider for the logit of each class, and the true class, redrawn on every animation frame. The figure of the whole board is
// elsewhere: powers, probabilities, gradient, their sums and the formula with its numbers. The small board has the
// probabilities beside its sliders, and no figure. A board with a goal asks for a loss below it.
import { hingeLoss, hingeLossGradient, softmax, softmaxLoss, softmaxLossGradient, withoutRoundings } from "../shared/losses.js";
import { SharedState, element, defineComponent, onNextFrame, placeFigure, publish } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { barWithNumber, colouredRow, nameButton, sliderWithField } from "../shared/rows.js";
import { wholeControls } from "./controls.js";
import { demonstrate } from "./demonstration.js";
import { liveFormula, setText } from "./formula.js";
import { surfaceWithPoint } from "./surface.js";

const f = "<msub><mi>f</mi><mi>k</mi></msub>";
const overT = "<mo>/</mo><mi>T</mi>";
const HEADS = {
  power: `<msup><mi>e</mi><mrow>${f}<mrow data-over="T">${overT}</mrow></mrow></msup>`,
  p: '<mi>P</mi><mo stretchy="false">(</mo><mi>k</mi><mo>|</mo><mi>x</mi><mo stretchy="false">)</mo>',
  g: `<mo>∂</mo><mi>L</mi><mo>/</mo><mo>∂</mo>${f}`,
};

const NAMES = { power: "power", p: "probability", g: "gradient" };

export default defineComponent(import.meta.url, (root, first) => {
  const { words, classes, labels, colours, limits, small, goal } = first;
  const columns = small ? ["p"] : ["power", "p", "g"];
  const figure = small ? null : element("div", "xb xlb-figure", root);
  const below = figure && element("div", "xb xlb-below", root);
  const state = new SharedState(first.state);
  let { surfaces } = first;
  let risen = 0; // by how much the true class's logit is shown higher than it is, while the board moves by itself
  const instance = { update, state, remove };
  const redraw = onNextFrame(draw);
  const send = () => state.send();

  root.className = `xb xlb ${goal ? "xlb-with-goal" : small ? "xlb-small" : ""}`;
  for (const box of figure ? [root, figure] : []) box.style.setProperty("--rows", classes.length);
  const asked = goal && element("p", "xlb-goal", root);
  const table = element("div", "xlb-table", root, { role: "group", "aria-label": words.board });
  const head = element("div", "xlb-row xb-head", table, { "aria-hidden": "true" });
  element("span", "xlb-name", head, { text: words.class });
  element("span", "xlb-slider", head).innerHTML = `${words.logit} <math>${f}</math>`;
  element("span", "xlb-value", head);
  // The bars stand in the sliders' own rows, or in rows of the figure.
  const bars = figure ? element("div", "xlb-bars", figure) : table;
  const barHead = figure ? element("div", "xlb-row xb-head", bars, { "aria-hidden": "true" }) : head;
  if (figure) element("span", "xlb-name", barHead);
  for (const name of columns) {
    const cell = element("span", `xlb-${name}`, barHead);
    if (figure) element("span", "", cell, { text: words[NAMES[name]] });
    cell.insertAdjacentHTML("beforeend", `<math>${HEADS[name]}</math>`);
  }

  const rows = classes.map((name, i) => {
    const k = labels[i];
    const row = colouredRow(table, "xlb-row", colours[i]);
    const button = nameButton(row, "xlb-name", "xlb-swatch", { name, title: words.choose }, (timeStamp) => {
      state.now.y = k;
      redraw(timeStamp);
      send();
    });
    const range = { label: `${words.logit} ${name}`, min: limits.slider[0], max: limits.slider[1], low: limits.z[0], high: limits.z[1] };
    const show = sliderWithField(row, ["xlb-slider", "xlb-value"], range, (logit, timeStamp) => {
      state.now.z[k] = logit;
      beStill();
      redraw(timeStamp);
    }, send);
    const barRow = figure ? colouredRow(bars, "xlb-row", colours[i]) : row;
    for (const each of [row, barRow]) each.dataset.term = `f${k}`;
    if (figure) element("span", "xlb-name", barRow, { text: name });
    const cells = columns.map((column) => [column, barWithNumber(barRow, `xlb-cell xlb-${column}`)]);
    return { row, barRow, button, show, ...Object.fromEntries(cells) };
  });

  const sums = figure && sumRow(bars, words);
  const controls = figure && wholeControls(root, first, state, redraw, send);
  const verdict = element("p", "xlb-verdict", root, { role: "status" });
  const formula = figure && liveFormula(below, first);
  const takeAway = figure ? placeFigure(first.board, { figure, formula: below }) : () => {};
  const breakOff = goal ? demonstrate(rise) : () => {};

  const hasHinge = () => Object.values(surfaces).some(({ quantity }) => quantity === "hinge");

  function rise(by) {
    risen = by;
    draw(null);
  }

  function beStill() {
    breakOff();
    risen = 0;
  }

  function draw(timeStamp) {
    const { T = 1 } = state.now;
    const y = labels.indexOf(state.now.y);
    const z = labels.map((label, k) => state.now.z[label] + (k === y ? risen : 0));
    const p = softmax(z, T);
    const gradient = softmaxLossGradient(z, y, T);
    const loss = softmaxLoss(z, y, T);
    const powers = z.map((logit) => Math.exp(logit / T));
    const largest = Math.max(...p);
    rows.forEach(({ row, barRow, button, show, power, p: probability, g }, k) => {
      for (const each of [row, barRow]) each.classList.toggle("xlb-true", k === y);
      button.setAttribute("aria-pressed", String(k === y));
      show(z[k]);
      power?.(`scaleX(${p[k] / largest})`, short(powers[k], 2));
      probability(`scaleX(${p[k]})`, short(p[k], 3));
      g?.(`translateX(50%) scaleX(${(gradient[k] * T) / 2})`, short(gradient[k], 3));
    });
    if (!small) {
      for (const node of barHead.querySelectorAll("[data-over]")) node.style.display = T === 1 ? "none" : "";
      const add = (values) => values.reduce((a, b) => a + b, 0);
      const g = withoutRoundings(add(gradient), gradient[y]);
      sums({ power: short(add(powers), 2), p: short(add(p), 3), g: short(g, 3) });
      controls.draw(T);
      formula.draw({ z, y, T }, { p, loss, gradient });
    }
    const winners = p.flatMap((probability, k) => (probability === largest ? [k] : []));
    const isReached = goal && Number(loss.toFixed(4)) < goal; // as it is written
    const outcome = isReached ? "reached" : winners.length > 1 ? "tie" : winners[0] === y ? "right" : "wrong";
    verdict.className = `xlb-verdict xlb-${outcome}`;
    verdict.setAttribute("aria-live", risen ? "off" : "polite"); // what nobody moved is not read aloud
    const sentence = words[outcome].replace("@count", winners.length).replace("@predicted", classes[winners[0]]);
    const hinge = hasHinge() ? words.hinge.replace("@hinge", number(hingeLoss(z, y))) : "";
    setText(verdict, sentence.replaceAll("@p", number(p[y])).replace("@true", classes[y]).replace("@loss", number(loss)) + hinge);
    if (goal) setText(asked, words.goal.replace("@true", classes[y]).replace("@goal", String(goal)));
    const values = { loss, T, y: labels[y] };
    labels.forEach((label, k) => Object.assign(values, { [`z${label}`]: z[k], [`p${label}`]: p[k], [`g${label}`]: gradient[k] }));
    for (const [prefix, surface] of Object.entries(surfaces)) {
      for (const [name, value] of Object.entries(surfaceWithPoint({ z, y, T }, surface))) values[prefix + name] = value;
    }
    if (hasHinge()) Object.assign(values, { gradients: gradient, hinge_gradients: hingeLossGradient(z, y) });
    publish(first.board, values, timeStamp);
  }

  function update(data) {
    const other = JSON.stringify(data.surfaces) !== JSON.stringify(surfaces);
    surfaces = data.surfaces;
    const isNew = state.receive(data.state);
    if (isNew) beStill();
    if (isNew || other || !root.dataset.ready) draw(null);
    root.dataset.ready = "true";
  }

  function remove() {
    breakOff();
    takeAway();
  }

  return instance;
});

function sumRow(table, words) {
  const row = element("div", "xlb-row xlb-sums", table);
  element("span", "xlb-name", row, { text: words.sum });
  const texts = ["power", "p", "g"].map((column) => [column, element("span", `xb-number xlb-${column}`, row)]);
  return (values) => texts.forEach(([column, node]) => setText(node, values[column]));
}

// A number for a narrow column: one decimal where it takes a power of ten, none where it is in the thousands.
function short(value, digits) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.5 * 10 ** -digits || size >= 1e6)) return number(value, 1);
  return number(value, size >= 1000 ? 0 : size >= 100 ? 1 : digits);
}
