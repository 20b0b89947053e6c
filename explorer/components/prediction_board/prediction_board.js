// What is to be predicted is covered; the answer is given on the picture itself. Later the picture moves from the answer to
// the truth, and the gap between them stays marked.
import { SharedState, defineComponent, onNextFrame } from "../shared/mount.js";
import { chart } from "./chart.js";
import { rows } from "./rows.js";

const KINDS = { choice: rows, bar: rows, point: chart, curve: chart };

export default defineComponent(import.meta.url, (root, first) => {
  const state = new SharedState(first.state);
  const redraw = onNextFrame(() => drawn.answer(state.now.answer));
  let built = "";
  let drawn = null;

  // move(answer) is called at every move, done() at its end.
  const move = (answer) => {
    state.now.answer = answer;
    redraw();
  };
  const done = () => state.send();

  function update(data) {
    const received = state.receive(data.state);
    const content = JSON.stringify([data.picture, data.names, data.words, data.uncovered, data.others]);
    if (content !== built) {
      built = content;
      root.className = `xb xprd xprd-of-${data.picture.kind}`;
      root.replaceChildren();
      drawn = KINDS[data.picture.kind](root, data, move, done);
      drawn.answer(state.now.answer);
      if (data.uncovered) {
        root.getBoundingClientRect(); // what moves begins at the answer
        drawn.truth(state.now.answer);
      }
    } else if (received) drawn.answer(state.now.answer);
  }

  return { update, state };
});
