// Replays a finished run from its events: at a chosen speed, with pauses, and from any moment.
import { fill } from "../shared/notation.js";
import { element } from "../shared/mount.js";
import { STEP } from "./feed.js";

const SPEEDS = ["1", "5", "20"];
const DEFAULT_SPEED = "5";
const FRAME = 120; // milliseconds between two frames

// The run as it was after so many seconds of training.
function upTo(run, seconds) {
  const { steps, epochs, changes } = run;
  if (seconds >= lasting(run)) return run;
  const reached = firstWhere(steps, (row) => row[STEP.seconds] > seconds);
  const last = steps[reached - 1];
  const step = last?.[STEP.last] ?? 0;
  const before = steps[Math.max(0, reached - 25)];
  const pace = last && (last[STEP.images] - before[STEP.images]) / (last[STEP.seconds] - before[STEP.seconds]);
  return {
    ...run,
    state: "replayed",
    ended: null,
    paused: false,
    samples: null,
    steps: steps.slice(0, reached),
    epochs: epochs.filter((epoch) => epoch.seconds <= seconds),
    changes: changes.filter((change) => change.step <= step),
    diverged: run.diverged !== null && run.diverged <= step ? run.diverged : null,
    images: last?.[STEP.images] ?? 0,
    images_per_second: Number.isFinite(pace) ? pace : null,
    seconds,
  };
}

const lasting = ({ steps }) => steps?.at(-1)?.[STEP.seconds] ?? 0;

function firstWhere(rows, holds) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(rows[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

// Build the controls; speed() is the setting, "off" or one of SPEEDS, and choose(speed) sets it. show(run) is called
// with the run as it is, or as it was. Returns receive(run), refresh() and remove().
export function replay(parent, words, speed, choose, show) {
  const root = element("div", "xrm-replay", parent, { role: "group", "aria-label": words.label, hidden: "" });
  const play = element("button", "xrm-play", root, { type: "button" });
  const time = element("input", "", root, { type: "range", min: 0, step: "any", "aria-label": words.time });
  const clock = element("span", "xrm-clock", root);
  const speeds = element("span", "xrm-speeds", root, { role: "radiogroup", "aria-label": words.speed });
  const buttons = SPEEDS.map((value) => {
    const button = element("button", "", speeds, { type: "button", role: "radio", text: `${value}×` });
    button.onclick = () => {
      choose(value);
      start();
    };
    return [value, button];
  });
  let run = null; // the complete run, once it is over
  let at = Infinity; // the moment that is shown, in seconds
  let playing = false;
  let frame = 0;
  let drawn = 0;
  let before = 0;

  play.onclick = () => {
    if (playing) return pause();
    if (speed() === "off") choose(DEFAULT_SPEED);
    start();
  };
  time.oninput = () => {
    at = Number(time.value);
    pause();
    draw();
  };

  function start() {
    if (at >= lasting(run)) at = 0;
    playing = true;
    before = drawn = performance.now();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(advance);
    draw();
  }

  function pause() {
    playing = false;
    cancelAnimationFrame(frame);
    refresh();
  }

  function advance(now) {
    if (!playing || !root.isConnected) return;
    at += (Math.max(0, now - before) / 1000) * Number(speed() === "off" ? DEFAULT_SPEED : speed());
    before = now;
    const over = at >= lasting(run);
    if (over) playing = false;
    if (over || now - drawn >= FRAME) {
      drawn = now;
      draw();
    }
    if (!over) frame = requestAnimationFrame(advance);
  }

  function draw() {
    refresh();
    show(upTo(run, at));
  }

  function refresh() {
    if (!run) return;
    const whole = lasting(run);
    time.max = whole;
    time.value = Math.min(at, whole);
    time.setAttribute("aria-valuetext", spoken(Math.min(at, whole)));
    clock.textContent = `${spoken(Math.min(at, whole))} / ${spoken(whole)}`;
    play.textContent = playing ? words.pause : at < whole ? words.go_on : words.play;
    for (const [value, button] of buttons) button.setAttribute("aria-checked", value === speed());
    root.dataset.at = Math.min(at, whole).toFixed(1);
  }

  const spoken = (seconds) => fill(words.clock, { n: Math.round(seconds) });

  function receive(received) {
    if (run && !received.over) {
      pause(); // it was resumed
      [run, at, root.hidden] = [null, Infinity, true];
    }
    const first = !run;
    const worthIt = received.over && received.started && received.steps?.length > 1;
    if (!worthIt) return show(received);
    run = received;
    root.hidden = false;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (first && speed() !== "off" && !calm) start();
    else draw();
  }

  return { receive, refresh, remove: () => cancelAnimationFrame(frame) };
}
