// The state of a run, in words and a few numbers.
import { element } from "../shared/mount.js";
import { fill, number, whole } from "../shared/notation.js";
import { STEP } from "./feed.js";
import { layers } from "./layers.js";
import { preparation, shareOfPreparation } from "./preparation.js";
import { spoken, when } from "./words.js";

// Shows it in `root`, and what it trains with `below`.
export function status(root, words, names, below = root) {
  const head = element("div", "xrm-head", root);
  const state = element("p", "xrm-state", head, { role: "status" });
  const left = element("span", "xrm-left", head);
  const whole_run = progressBar(root, "xrm-progress", words.progress_label);
  const epoch = progressBar(root, "xrm-progress xrm-epoch", words.of_epoch);
  const note = element("details", "xrm-note", root, { hidden: "" });
  const tiles = element("dl", "xrm-tiles", root);
  const tile = Object.fromEntries(
    ["accuracy", "loss", "steps", "speed"].map((name) => {
      const box = element("div", "", tiles);
      element("dt", "", box, { text: words.tiles[name] });
      return [name, { number: element("dd", "", box, { text: "–" }), when: element("dd", "xrm-when", box) }];
    }),
  );
  const facts = element("p", "xrm-facts", below);
  const table = layers(below, words);
  const before = preparation(words);

  function show(run) {
    root.dataset.state = run.state;
    state.className = `xrm-state xrm-${run.state}`;
    state.dataset.reason = reason(run) ?? "";
    state.textContent = sentence(run);
    if (!run.epochs) return; // the server does not answer: keep what was shown
    const ready = run.state === "ready"; // there is no run yet
    whole_run(shareDone(run), run.over || ready);
    epoch(shareOfEpoch(run), run.over || ready || !run.started);
    left.textContent = timeLeft(run);
    remark(note, remarks(run), ["failed", "interrupted"].includes(run.state));
    const last = run.epochs.at(-1);
    const speed = run.ended?.images_per_second ?? run.images_per_second;
    tile.speed.number.textContent = speed ? whole(speed) : "–";
    const step = run.steps.at(-1);
    tile.steps.number.textContent = step ? number(step[STEP.mean], 3) : "–";
    tile.steps.when.textContent = step ? fill(words.after_step, { step: step[STEP.last] }) : "";
    if (last) {
      tile.accuracy.number.textContent = fill(words.percent, { n: number(100 * last.test_accuracy, 1) });
      tile.loss.number.textContent = number(last.test_loss, 3);
      tile.accuracy.when.textContent = tile.loss.when.textContent = when(last, run, words);
    }
    facts.textContent = run.started && !ready ? describe(run) : "";
    if (run.started?.layers) table.show(run.started.layers);
  }

  function sentence(run) {
    const { state: says } = words;
    const epoch = run.started ? Math.max(1, currentEpoch(run)) : 0;
    const values = { n: run.queue_position, epoch, epochs: run.started?.configuration?.epochs, status: String(run.exit_status) };
    if (run.state === "starting") return run.stopping ? says.stopping_early : run.awaited ? says.awaited : before.sentence(run);
    if (run.state === "running") {
      if (run.stopping) return says.stopping;
      if (run.paused) return fill(says.paused, { step: run.steps.at(-1)?.[1] ?? 0 });
      return fill(values.epochs ? says.running : says.running_by_time, values);
    }
    if (run.state === "finished") {
      const early = run.ended.reason === "stopped" && !run.steps.length;
      return fill(early ? says.finished_early : says[`finished_${reason(run)}`] ?? says.finished, values);
    }
    if (run.state === "interrupted" && run.exit_status === null) return says.silent;
    return fill(says[run.state], values);
  }

  // A run whose loss is no longer finite goes on to its end; then the divergence is what matters.
  function reason({ ended, epochs }) {
    return ended && epochs?.length && !Number.isFinite(epochs.at(-1).test_loss) ? "diverged" : ended?.reason;
  }

  // Messages: why it failed, which data was used instead, that the loss is not finite.
  function remarks(run) {
    const said = [];
    const failure = run.state === "failed" ? run.ended : null;
    if (failure) said.push(words.failures[failure.code] ?? words.in_browser[failure.code] ?? words.failures.other, failure.message);
    if (run.state === "interrupted") said.push(words.broken[run.cause], run.last_line);
    if (run.outgrown) said.push(words.outgrown);
    if (run.state === "waiting") said.push(words.queue_help);
    said.push(before.remark(run));
    const { notice, passed_over: passedOver } = run.started ?? {};
    if (passedOver) said.push(words.passed_over, passedOver);
    if (notice) said.push(fill(words.notices[notice.code] ?? "", { ...notice, count: whole(notice.count) }), notice.message);
    if (run.diverged !== null) said.push(fill(words.diverged, { step: run.diverged }));
    return said.filter(Boolean);
  }

  function describe({ started: { device, precision, dataset, images, held_out: heldOut, parameters, configuration }, changes = [] }) {
    const model = words.models[configuration?.model] ?? configuration?.model;
    // With the settings that were changed during the run.
    const { optimizer, learning_rate: rate, batch_size: batch } = Object.assign({}, configuration, ...changes);
    return [
      device === "browser" ? words.in_browser.device : (words.devices[String(device).split(":")[0]] ?? device),
      precision,
      `${words.datasets[dataset] ?? names[dataset] ?? dataset}${fill(words.pictures, { n: images })}`,
      heldOut && words.held_out,
      `${model}${fill(words.parameters, { n: parameters })}`,
      rate !== undefined && fill(words.settings, { optimizer: words.optimizers[optimizer] ?? optimizer, rate, batch }),
    ].filter(Boolean).join(" · ");
  }

  // At the speed of the last seconds, not of the whole run.
  function timeLeft(run) {
    if (run.state === "starting") return run.stopping ? "" : before.left(run);
    const { seconds, images, images_per_second: speed, started } = run;
    if (run.state !== "running" || run.paused || run.stopping || seconds < 1) return "";
    const { epochs, max_seconds: limit } = started.configuration ?? {};
    const all = Math.min(epochs && speed ? (epochs * started.images - images) / speed : Infinity, limit ? limit - seconds : Infinity);
    if (all === Infinity) return "";
    const epoch = speed ? ((1 - shareOfEpoch(run)) * started.images) / speed : Infinity;
    const time = spoken(Math.max(0, all), words);
    return epoch < all ? fill(words.left_of_both, { epoch: spoken(epoch, words), all: time }) : fill(words.left, { time });
  }

  return { show };
}

// A bar; returns show(share or null if unknown, hidden).
function progressBar(parent, className, label) {
  const track = element("div", `xb-bar ${className}`, parent, { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": label });
  const bar = element("div", "xb-fill", track);
  return (share, hidden) => {
    track.hidden = hidden;
    track.classList.toggle("xrm-busy", share === null);
    bar.style.transform = `scaleX(${share ?? 1})`;
    if (share === null) track.removeAttribute("aria-valuenow");
    else track.setAttribute("aria-valuenow", Math.round(100 * share));
  };
}

function currentEpoch({ images, started }) {
  return Math.ceil(images / started.images);
}

// The share of the present epoch that is over.
function shareOfEpoch({ images, started }) {
  if (!started || !images) return 0;
  return (images % started.images || started.images) / started.images;
}

// The share of the run that is over, by images or by time, whichever is larger; null if unknown.
function shareDone({ state, started, images, seconds, progress }) {
  if (state === "finished") return 1;
  if (!started) return shareOfPreparation(progress);
  const { epochs, max_seconds: limit } = started.configuration ?? {};
  return Math.min(1, Math.max(epochs ? images / (epochs * started.images) : 0, limit ? seconds / limit : 0));
}

// A line that opens; the message that ended the run is shown in full.
function remark(node, lines, open) {
  node.hidden = lines.length === 0;
  if (node.dataset.said === lines.join("\n")) return;
  node.dataset.said = lines.join("\n");
  const [first, ...others] = lines.map((text) => element("p", "", null, { text }));
  const summary = element("summary", "", null);
  summary.append(first ?? "");
  node.replaceChildren(summary, ...others);
  node.open = open;
}
