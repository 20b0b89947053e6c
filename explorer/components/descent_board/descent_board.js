// A step of both descents: moved by a slider, by single steps, or played; probabilities and losses follow in the frame.
import { toggled } from "../softmax_vs_sigmoid_board/multi_label.js";
import { setSlider } from "../shared/field.js";
import { SharedState, element, defineComponent, onNextFrame, publish } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { barWithNumber, colouredRow, nameButton } from "../shared/rows.js";

const STEPS_PER_SECOND = 40;

export default defineComponent(import.meta.url, (root, first) => {
  const state = new SharedState(first.state);
  const instance = { update, state, remove: stop };
  const redraw = onNextFrame(draw);
  const send = () => state.send();
  const last = () => data.paths.sigmoid.loss.length - 1;
  let data = first;
  let rows = [];
  let built = "";
  let playing = null;

  root.className = "xb xnb";
  const steer = element("div", "xnb-steer", root, { role: "group" });
  const button = (className, act) => {
    const node = element("button", className, steer, { type: "button" });
    node.onclick = act;
    return node;
  };
  const play = button("xnb-play", () => (playing === null ? start() : halt()));
  const back = button("", () => go(0));
  const one = button("", () => go(state.now.step + 1));
  const ten = button("", () => go(state.now.step + 10));
  const slider = element("input", "", steer, { type: "range", min: 0, step: 1 });
  const output = element("output", "xb-number", steer);
  const table = element("div", "xnb-table", root, { role: "group" });

  slider.oninput = (event) => {
    stop();
    state.now.step = Number(slider.value);
    redraw(event.timeStamp);
  };
  slider.onchange = send;

  function go(step) {
    stop();
    state.now.step = Math.min(step, last());
    redraw(performance.now());
    send();
  }

  function start() {
    const from = state.now.step < last() ? state.now.step : 0;
    let begun = null;
    const frame = (now) => {
      begun ??= now;
      state.now.step = Math.min(last(), from + Math.floor(((now - begun) / 1000) * STEPS_PER_SECOND));
      draw(now);
      if (state.now.step < last()) playing = requestAnimationFrame(frame);
      else halt();
    };
    playing = requestAnimationFrame(frame);
    showPlaying();
  }

  function stop() {
    if (playing !== null) cancelAnimationFrame(playing);
    playing = null;
    showPlaying();
  }

  function halt() {
    stop();
    send();
  }

  function showPlaying() {
    play.textContent = playing === null ? `▶ ${data.words.play}` : `❚❚ ${data.words.pause}`;
  }

  function build() {
    const { words, classes, colours } = data;
    steer.setAttribute("aria-label", words.steps);
    slider.max = last();
    slider.setAttribute("aria-label", words.steps);
    back.textContent = "|◀";
    back.setAttribute("aria-label", words.back);
    back.title = words.back;
    [[one, 1], [ten, 10]].forEach(([node, count]) => {
      node.textContent = `+${count}`;
      node.setAttribute("aria-label", words.on.replace("@", count));
    });
    showPlaying();
    table.replaceChildren();
    table.setAttribute("aria-label", words.board);
    const head = element("div", "xnb-row xnb-group", table);
    element("span", "xnb-name xb-head", head, { text: words.label });
    const losses = ["softmax", "sigmoid"].map((name) => element("small", "", element("span", "", head, { text: words[name] })));
    rows = classes.map((name, k) => {
      const row = colouredRow(table, "xnb-row", colours[k]);
      const label = nameButton(row, "xnb-name", "xnb-mark", { name, title: words.choose }, () => {
        stop();
        state.now.y = toggled(state.now.y, k, state.now.several);
        send();
      });
      return { row, label, softmax: barWithNumber(row, "xnb-cell"), sigmoid: barWithNumber(row, "xnb-cell") };
    });
    return losses;
  }

  let losses = [];

  function draw(timeStamp) {
    const { words, paths } = data;
    const step = Math.min(state.now.step, last());
    output.textContent = words.step.replace("@", step);
    setSlider(slider, step, output.textContent);
    const values = { step };
    ["softmax", "sigmoid"].forEach((name, i) => {
      const path = paths[name];
      losses[i].textContent = path ? words.loss.replace("@", number(path.loss[step])) : words.no_loss;
      if (path) values[name] = path.loss[step];
      rows.forEach((row, k) => {
        row[name](`scaleX(${path ? path.probabilities[step][k] : 0})`, path ? number(path.probabilities[step][k]) : "—");
        if (path) values[(name === "softmax" ? "p" : "s") + k] = path.probabilities[step][k];
      });
    });
    rows.forEach(({ row, label }, k) => {
      const on = state.now.y.includes(String(k));
      row.classList.toggle("xnb-true", on);
      row.classList.toggle("xnb-several-on", state.now.several);
      label.setAttribute("aria-pressed", String(on));
    });
    publish(first.board, values, timeStamp);
  }

  // Python answers a change of a label with new paths.
  function update(next) {
    data = next;
    const content = JSON.stringify([data.classes, data.words]);
    if (content !== built) losses = build();
    built = content;
    if (state.receive(data.state)) stop();
    if (playing === null) draw(null);
  }

  return instance;
});
