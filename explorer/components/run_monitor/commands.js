// The buttons of a training in this browser. Those of a run on the server are Python's.
import { numberField } from "../shared/field.js";
import { element } from "../shared/mount.js";
import { fill } from "../shared/notation.js";
import { begin, beginOnce, command, current } from "./in_browser/local.js";

const HIGHEST = 1000; // learning rate, as in explorer/protocol/options.py

// words: of the buttons and of what is said beside them. Returns next(training), what the next start does, and show(run).
export function commands(root, words) {
  const rows = [0, 1].map(() => element("div", "xrm-commands", root));
  let training = null;
  let rests = false;
  const button = (row, name, act) => {
    const made = element("button", "", row, { type: "button", text: words[name] });
    made.onclick = act;
    return made;
  };
  const starts = button(rows[0], "start", start);
  const pauses = button(rows[0], "pause", () => command(rests ? "resume" : "pause"));
  const stops = button(rows[0], "stop", () => command("stop"));
  const label = element("label", "", rows[0], { text: words.rate });
  const range = {
    label: words.rate, low: 0, high: HIGHEST, significant: true,
    get step() {
      return training.started.configuration.learning_rate / 10; // as of a run on the server
    },
  };
  const field = numberField(label, "", range, (rate) => {
    field.show(rate);
    command("set", { learning_rate: rate });
  });
  const steps = [
    button(rows[1], "step", () => command("step", { steps: 1 })),
    button(rows[1], "ten_steps", () => command("step", { steps: 10 })),
    button(rows[1], "epoch", () => command("epoch")),
  ];
  const said = element("p", "xrm-beside", root);
  starts.classList.add("xrm-main");

  function start() {
    begin(training);
    pauses.focus(); // it stands where Start was
  }

  function show({ state, over, paused, started, steps: taken = [], changes = [] }) {
    const goes = state === "running" || state === "starting";
    rests = Boolean(paused);
    const holdsKeyboard = root.contains(document.activeElement);
    starts.hidden = goes;
    starts.textContent = over ? words.again : words.start;
    pauses.textContent = rests ? words.resume : words.pause;
    pauses.classList.toggle("xrm-main", rests);
    pauses.hidden = stops.hidden = label.hidden = rows[1].hidden = !goes;
    for (const each of steps) each.disabled = !rests;
    if (holdsKeyboard && !goes) starts.focus();
    const { images: train, test_images: test } = training.started;
    said.textContent = fill(over && taken.length ? words.after : words.before, { train, test });
    field.show(changes.at(-1)?.learning_rate ?? (started ?? training.started).configuration.learning_rate);
  }

  function next(told) {
    training = told;
    if (!current()) show({ state: "ready" });
    beginOnce(told.begin, told);
  }

  return { next, show };
}
