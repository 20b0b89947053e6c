// Samples as rows: the true class and ten logits to type, each cell tinted by its probability, and the mean below. The
// losses, and the terms of the chosen one, are drawn elsewhere on the page.
import { numberField } from "../shared/field.js";
import { softmax, softmaxLoss } from "../shared/losses.js";
import { SharedState, element, defineComponent, onNextFrame, placeFigure } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { lossesAndTerms } from "./figure.js";

const math = (text) => `<math>${text}</math>`;

export default defineComponent(import.meta.url, (root, first) => {
  const { words, classes, colours, limits, most } = first;
  const [low, high] = limits;
  const state = new SharedState(first.state);
  const instance = { update, state };
  const redraw = onNextFrame(draw);
  const send = () => state.send();

  // Long names are vertical above their narrow columns.
  root.className = classes.some((name) => name.length > 3) ? "xb xst xst-long" : "xb xst";
  const scroll = element("div", "xst-scroll", root);
  const table = element("table", "", scroll, { "aria-label": words.table });
  const head = element("tr", "xb-head", element("thead", "", table));
  const heading = (html, className = "") => (element("th", className, head, { scope: "col" }).innerHTML = html);
  heading(math("<mi>i</mi>"));
  heading(`${words.true_class} ${math("<msub><mi>y</mi><mi>i</mi></msub>")}`, "xst-left");
  classes.forEach((name, k) => {
    const cell = element("th", "xst-class", head, { scope: "col" });
    cell.style.setProperty("--xb-colour", colours[k]);
    element("span", "", cell, { text: name });
    element("i", "", cell);
  });
  element("th", "", head);
  const body = element("tbody", "", table);
  const foot = element("div", "xst-foot", root);
  const add = element("button", "xst-add", foot, { type: "button", text: `+ ${words.add}` });
  const summary = element("p", "", foot, { role: "status" });
  const figure = lossesAndTerms(root, first, (i, timeStamp) => select(i, timeStamp));
  instance.remove = placeFigure(first.board, { figure: figure.losses, terms: figure.terms });
  let rows = [];

  function buildRow(i) {
    const row = element("tr", "", body);
    const choose = element("button", "", element("td", "", row), { type: "button", text: String(i + 1) });
    choose.title = words.choose.replace("@i", i + 1);
    choose.onclick = (event) => select(i, event.timeStamp);
    const label = element("select", "", element("td", "", row), { "aria-label": `${words.true_class} ${i + 1}` });
    classes.forEach((name, k) => element("option", "", label, { value: k, text: name }));
    label.onchange = (event) => change(i, 0, Number(label.value), event.timeStamp);
    const fields = classes.map((name, k) => {
      const cell = element("td", "xst-logit", row);
      cell.style.setProperty("--xb-colour", colours[k]);
      const options = { label: `${words.logit} ${name}, ${i + 1}`, low, high };
      const field = numberField(cell, "", options, (logit, timeStamp) => change(i, k + 1, logit, timeStamp));
      return { cell, field };
    });
    const drop = element("button", "", element("td", "", row), { type: "button", text: "×" });
    drop.title = words.remove.replace("@i", i + 1);
    drop.setAttribute("aria-label", drop.title);
    drop.onclick = (event) => remove(i, event.timeStamp);
    return { row, choose, label, fields, drop };
  }

  function change(i, place, value, timeStamp) {
    state.now.rows[i][place] = value;
    state.now.row = i + 1;
    redraw(timeStamp);
    send();
  }

  function select(i, timeStamp) {
    state.now.row = i + 1;
    redraw(timeStamp);
    send();
  }

  function remove(i, timeStamp) {
    state.now.rows.splice(i, 1);
    state.now.row = Math.min(state.now.row, state.now.rows.length);
    // When the last row is removed, the focus has to move; a single row cannot be removed.
    const left = state.now.rows.length;
    (left > 1 ? rows[Math.min(i, left - 1)].drop : add).focus();
    redraw(timeStamp);
    send();
  }

  add.onclick = (event) => {
    state.now.rows.push(new Array(11).fill(0));
    select(state.now.rows.length - 1, event.timeStamp);
  };

  function draw() {
    const samples = state.now.rows;
    while (rows.length > samples.length) rows.pop().row.remove();
    while (rows.length < samples.length) rows.push(buildRow(rows.length));
    const losses = samples.map(([label, ...logits]) => softmaxLoss(logits, label));
    const right = samples.map(([y, ...logits]) => logits.every((logit, k) => k === y || logit < logits[y]));
    samples.forEach(([y, ...logits], i) => {
      const { row, choose, label, fields, drop } = rows[i];
      const p = softmax(logits);
      row.classList.toggle("xst-chosen", i + 1 === state.now.row);
      choose.setAttribute("aria-pressed", String(i + 1 === state.now.row));
      label.value = y;
      drop.disabled = samples.length === 1;
      fields.forEach(({ cell, field }, k) => {
        cell.classList.toggle("xst-true", k === y);
        cell.style.setProperty("--share", `${Math.round(60 * p[k])}%`);
        cell.title = `P = ${number(p[k])}`;
        field.show(logits[k]);
      });
    });
    add.disabled = samples.length >= most;
    const mean = losses.reduce((a, b) => a + b, 0) / samples.length;
    summary.textContent = words.summary
      .replace("@m", samples.length).replace("@right", right.filter(Boolean).length).replace("@mean", number(mean));
    figure.draw(state.now, losses, right, mean);
  }

  function update(data) {
    if (state.receive(data.state) || !root.dataset.ready) draw();
    root.dataset.ready = "true";
  }

  return instance;
});
