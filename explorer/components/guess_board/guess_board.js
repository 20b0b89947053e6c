// An image and a slider for each class; beside them, what the answer would cost if a class were the true one, −ln q, and
// later the answer, that of the network, and the truth.
import { apportion, pour, UNITS } from "../distribution_board/shares.js";
import { SharedState, element, defineComponent, onNextFrame, placeFigure } from "../shared/mount.js";
import { fill, number } from "../shared/notation.js";
import { colouredRow, sliderWithField } from "../shared/rows.js";
import { fromWire } from "../shared/wire.js";
import { PlayedRound } from "./round.js";

const Q = "<math><msub><mi>q</mi><mi>k</mi></msub></math>";
const COST = "<math><mo>−</mo><mi>ln</mi><mspace width='0.15em'/><msub><mi>q</mi><mi>k</mi></msub></math>";
const MOST = 6; // nats, at which a bar is full

export default defineComponent(import.meta.url, (root, first) => {
  const state = new SharedState(first.state);
  const instance = { update, state, remove };
  const redraw = onNextFrame(() => draw?.());
  let built = null;
  let draw = null;
  let takeBack = null;
  let drawn = null; // what Python has drawn
  let round = null; // a player's round, which goes on from there
  // While one slider moves, the others keep the ratios that they had when it was taken.
  let held = null;

  function update(data) {
    if (state.receive(data.state)) held = null;
    drawn = fromWire(data);
    if (drawn.round) {
      round ??= new PlayedRound(drawn, goOn, (answer) => instance.setTriggerValue("answer", answer));
      round.drawn(drawn);
    }
    show();
  }

  function goOn(isNews) {
    show();
    // The news is at the top: the next image, the answers or the truth.
    if (isNews) document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: "smooth" });
  }

  function remove() {
    takeBack?.();
    round?.remove();
  }

  // Draw what Python says, or what its round shows beyond that.
  function show() {
    const { state: _, ...rest } = drawn;
    const data = round ? round.now(rest) : rest;
    const asked = JSON.stringify([data, round?.place]);
    if (asked !== built) {
      if (round) state.now.q = round.left ?? alike(data.classes);
      build(data);
    }
    built = asked;
    draw?.();
  }

  function build(data) {
    const { image: address, alt, classes, words, open, answer, network, board, beside, low } = data;
    const seen = Boolean(answer || network);
    root.className = `xb xgb ${open ? "xgb-open" : "xgb-shown"}`;
    root.replaceChildren();
    held = null;
    takeBack?.();
    const image = (parent) => element("img", "xgb-image", parent, { src: address, alt, width: 32, height: 32 });
    if (open || seen) image(root);
    const side = element("div", `xgb-side${open ? " xgb-open" : seen ? "" : " xgb-alone"}${low ? " xgb-low" : ""}`, root);
    if (!seen) image(side); // beside the sliders it is seen on a phone alone, where the side stays in sight
    const table = element("div", "xgb-table", side);
    if (open) {
      const drawCosts = costs(table, data);
      const sliders = element("div", "xgb-table", root, { role: "group", "aria-label": words.board });
      const drawSliders = sliderRows(sliders, data);
      draw = () => (drawSliders(), drawCosts());
      round?.submission(root, words.round, () => state.now.q);
    } else {
      if (seen) answers(table, data);
      round?.verdict(root, classes, words);
      draw = null;
    }
    takeBack = beside ? placeFigure(board, { figure: side }) : null;
  }

  function give(k, share) {
    if (held?.k !== k) held = { k, shares: state.now.q };
    state.now.q = pour(held.shares, k, share);
    redraw(null);
  }

  const alike = (classes) => apportion(classes.map(() => 1)).map((count) => count / UNITS);
  const send = () => (round ? round.leave(state.now.q) : state.send());

  function sliderRows(table, { classes, colours, words }) {
    const head = element("div", "xgb-row xb-head", table, { "aria-hidden": "true" });
    element("span", "xgb-name", head, { text: words.class });
    element("span", "", head);
    element("span", "xb-number", head).innerHTML = Q;
    const rows = classes.map((name, k) => {
      const row = line(table, name, colours[k]);
      return sliderWithField(row, ["", ""], { label: `q ${name}`, min: 0, max: 1, step: 0.01 }, (value) => give(k, value), send);
    });
    const even = element("button", "xgb-even", table, { type: "button", text: words.even });
    even.onclick = () => {
      state.now.q = alike(classes);
      held = null;
      redraw(null);
      send();
    };
    return () => rows.forEach((show, k) => show(state.now.q[k]));
  }

  // What the answer costs, whatever the truth is.
  function costs(table, { classes, colours, words }) {
    const head = element("div", "xgb-row xb-head", table, { "aria-hidden": "true" });
    element("span", "xgb-name", head, { text: words.costs });
    element("span", "xgb-even-line", head, { text: fill(words.alike, { n: classes.length }) }).style.paddingLeft = `${(100 * Math.log(classes.length)) / MOST}%`;
    element("span", "xb-number", head).innerHTML = COST;
    const rows = classes.map((name, k) => {
      const row = line(table, name, colours[k]);
      const bar = element("span", "xb-bar", row);
      const fill = element("span", "xb-fill", bar);
      element("i", "xgb-even-mark", bar).style.left = `${(100 * Math.log(classes.length)) / MOST}%`;
      return { row, fill, cost: element("span", "xgb-cost xb-number", row) };
    });
    return () =>
      rows.forEach(({ row, fill, cost }, k) => {
        const share = state.now.q[k];
        const nats = share > 0 ? -Math.log(share) : Infinity;
        fill.style.transform = `scaleX(${Math.min(1, nats / MOST)})`;
        cost.textContent = number(nats, 2);
        row.classList.toggle("xgb-endless", share === 0);
      });
  }

  // What was answered, and beside it the network's answer once it may be seen; nothing here moves.
  function answers(table, { classes, colours, words, answer, network, label }) {
    const shown = [["yours", answer], ["network", network]].filter(([, q]) => q);
    const key = element("div", "xgb-key xb-head", table);
    for (const [who] of shown) element("span", `xgb-${who}`, key, { text: words[who] });
    classes.forEach((name, k) => {
      const row = line(table, name, colours[k]);
      row.classList.toggle("xgb-true", k === label);
      if (k === label) element("small", "", row.firstChild, { text: words.truth });
      const bars = element("span", "xgb-bars", row);
      const numbers = element("span", "xgb-numbers xb-number", row);
      for (const [who, q] of shown) {
        const bar = element("span", `xb-bar xgb-${who}`, bars);
        element("span", "xb-fill", bar).style.transform = `scaleX(${q[k]})`;
        const share = q[k] > 0 && q[k] < 0.001 ? "< 0.001" : number(q[k], 3);
        element("span", "", numbers, { text: share, "aria-label": `${words[who]} ${share}` });
      }
    });
  }

  function line(table, name, colour) {
    const row = colouredRow(table, "xgb-row", colour);
    const title = element("span", "xgb-name", row);
    element("i", "xgb-swatch", title);
    element("b", "", title, { text: name });
    return row;
  }

  return instance;
});
