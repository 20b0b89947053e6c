// Points that are set, moved and removed by hand. The board chooses the kind of the next point; the points themselves lie
// on the planes of figures (plane.js).
import { SharedState, element, defineComponent, onNextFrame, publish } from "../shared/mount.js";
import { planeOf } from "./plane.js";

const ROOM = 0.4; // between points that the button sets

export default defineComponent(import.meta.url, (root, first) => {
  const { words, kinds, line, most, limits: [low, high] } = first;
  const state = new SharedState(first.state);
  const instance = { update, state, remove: () => planes.forEach((plane) => plane.remove()) };
  const redraw = onNextFrame(draw);
  const points = () => state.now.own;
  let kind = 0; // of the next point
  let refusal = ""; // why the last wish was not granted

  root.className = "xb xop";
  const row = element("div", "xop-row", root, { role: "group", "aria-label": words.kind });
  element("span", "xb-head", row, { text: words.kind });
  const choices = kinds.map(([name, fill, rim], k) => {
    const choice = element("button", "xop-kind", row, { type: "button", text: name });
    choice.style.setProperty("--fill", fill);
    choice.style.setProperty("--rim", rim);
    choice.onclick = () => {
      kind = k;
      draw(null);
    };
    return choice;
  });
  const foot = element("div", "xop-row", root);
  const button = (text, act) => {
    const node = element("button", "", foot, { type: "button", text });
    node.onclick = act;
    return node;
  };
  const add = button(`+ ${words.add}`, (event) => {
    if (set(freePlace(), kind, event.timeStamp)) planes[0].focus(points().length - 1);
  });
  button(words.few, (event) => {
    const kept = kinds.flatMap((_, k) => points().find((point) => point[2] === k) ?? []);
    change(kept, event.timeStamp);
    state.send();
  });
  const told = element("p", "xop-told", foot, { role: "status" });
  for (const way of ["how", "touch"]) element("p", `xop-${way} xb-head`, root, { text: words[way] });

  const acts = {
    // A click on the empty plane, at x and y.
    set: (x, y, timeStamp) => (line ? set([x, 0], y > 0.5 ? 1 : 0, timeStamp) : set([x, y], kind, timeStamp)),
    move(i, x, y, timeStamp) {
      const [, x2, label] = points()[i];
      const moved = line ? [x, x2, y > 0.5 ? 1 : 0] : [x, y, label];
      change(points().map((point, j) => (i === j ? [...moved.slice(0, 2).map(allowed), moved[2]] : point)), timeStamp);
    },
    nudge(i, dx, dy, timeStamp) {
      const [x, x2, label] = points()[i];
      acts.move(i, x + dx, line ? (dy === 0 ? label : Number(dy > 0)) : x2 + dy, timeStamp);
    },
    drop(i, timeStamp) {
      if (points().length === 1) return refuse(words.last);
      change(points().filter((_, j) => j !== i), timeStamp);
      state.send();
      return true;
    },
    release: () => state.send(),
  };
  const planes = first.planes.map((name, i) => planeOf(name, { ...acts, words, reachable: i === 0 }));

  const allowed = (value) => Number(Math.min(high, Math.max(low, value)).toFixed(2)) + 0;

  function set(place, ofKind, timeStamp) {
    if (points().length >= most) return refuse(words.full.replace("@most", most));
    change([...points(), [...place.map(allowed), ofKind]], timeStamp);
    state.send();
    return true;
  }

  function change(next, timeStamp) {
    refusal = "";
    state.now.own = next;
    redraw(timeStamp);
  }

  function refuse(why) {
    refusal = why;
    draw(null);
    return false;
  }

  function freePlace() {
    const y = line ? kind : 0;
    const taken = (x) => points().some(([x1, x2, k]) => Math.hypot(x1 - x, (line ? k : x2) - y) < ROOM / 2);
    for (let x = 0; x <= high; x += ROOM) if (!taken(x)) return [x, 0];
    return [0, 0];
  }

  function draw(timeStamp) {
    choices.forEach((choice, k) => choice.setAttribute("aria-pressed", String(k === kind)));
    told.textContent = refusal || words.count.replace("@count", points().length).replace("@most", most);
    told.classList.toggle("xop-refusal", refusal !== "");
    const marks = points().map(([x1, x2, k], i) => ({
      x: x1,
      y: line ? k : x2,
      colours: kinds[k].slice(1),
      name: words[line ? "at" : "place"].replace("@i", i + 1).replace("@kind", kinds[k][0]).replace("@x1", x1).replace("@x2", x2),
    }));
    for (const plane of planes) plane.draw(marks);
    publish(first.board, { points: points() }, timeStamp);
  }

  function update({ state: given }) {
    if (state.receive(given) || !root.dataset.ready) {
      refusal = "";
      draw(null);
    }
    root.dataset.ready = "true";
  }

  return instance;
});
