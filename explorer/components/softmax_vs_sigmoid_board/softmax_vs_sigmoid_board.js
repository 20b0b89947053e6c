// Sliders for the logits and a switch for each label, redrawn on every animation frame. What one softmax and what
// independent sigmoids make of them stands elsewhere on the page.
import { SharedState, element, defineComponent, onNextFrame, placeFigure } from "../shared/mount.js";
import { colouredRow, nameButton, sliderWithField } from "../shared/rows.js";
import { toggled } from "./multi_label.js";
import { bothModels } from "./figure.js";

const index = (name) => `<math><msub><mi>${name}</mi><mi>k</mi></msub></math>`;

export default defineComponent(import.meta.url, (root, first) => {
  const state = new SharedState(first.state);
  const instance = { update, state };
  const redraw = onNextFrame(draw);
  const send = () => state.send();
  let data = first;
  let rows = [];
  let built = "";

  root.className = "xb xbb";
  const table = element("div", "xbb-table", root, { role: "group" });
  const several = element("label", "xbb-several", root);
  const severalBox = element("input", "", several, { type: "checkbox", role: "switch" });
  const severalText = element("span", "", several);
  const figure = bothModels(root);
  instance.remove = placeFigure(first.board, { figure: figure.bars, sums: figure.sums });

  severalBox.onchange = (event) => {
    state.now.several = severalBox.checked;
    const chosen = trueClasses();
    if (!state.now.several) state.now.y = [String(chosen.length ? chosen[0] : 0)];
    redraw(event.timeStamp);
    send();
  };

  const trueClasses = () => state.now.y.map(Number).filter((k) => k < data.classes.length);

  // The rows stand for the classes of the example, and are made again when another example is chosen.
  function build() {
    const { words, classes, colours, limits } = data;
    table.replaceChildren();
    table.setAttribute("aria-label", words.board);
    root.style.setProperty("--xbb-count", classes.length);
    const head = element("div", "xbb-row xb-head", table, { "aria-hidden": "true" });
    element("span", "xbb-name", head).innerHTML = `${words.label} ${index("y")}`;
    element("span", "xbb-slider", head).innerHTML = `${words.logit} ${index("f")}`;
    element("span", "xbb-value", head);
    const [min, max] = limits.slider;
    const [low, high] = limits.z;
    rows = classes.map((name, k) => {
      const row = colouredRow(table, "xbb-row", colours[k]);
      row.dataset.term = `f${k}`;
      const button = nameButton(row, "xbb-name", "xbb-mark", { name, title: words.choose }, (timeStamp) => {
        state.now.y = toggled(state.now.y, k, state.now.several);
        redraw(timeStamp);
        send();
      });
      const range = { label: `${words.logit} ${name}`, min, max, low, high };
      const show = sliderWithField(row, ["xbb-slider", "xbb-value"], range, (logit, timeStamp) => {
        state.now.z[k] = logit;
        redraw(timeStamp);
      }, send);
      return { row, button, show };
    });
    severalText.textContent = words.several;
    figure.build(data);
  }

  function draw() {
    const { classes } = data;
    const logits = state.now.z.slice(0, classes.length);
    const labels = classes.map((_, k) => (trueClasses().includes(k) ? 1 : 0));
    severalBox.checked = state.now.several;
    rows.forEach(({ row, button, show }, k) => {
      row.classList.toggle("xbb-true", labels[k] === 1);
      row.classList.toggle("xbb-several-on", state.now.several);
      button.setAttribute("aria-pressed", String(labels[k] === 1));
      show(logits[k]);
    });
    figure.draw(logits, labels);
  }

  function update(next) {
    data = next;
    const content = JSON.stringify([data.classes, data.words]);
    const fresh = content !== built;
    if (fresh) build();
    built = content;
    if (state.receive(data.state) || fresh) draw();
  }

  return instance;
});
