// How a run stands, in words and a few numbers.
import { element } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { fill } from "./words.js";

const whole = (value) => Math.round(value).toLocaleString("en");

export function status(root, words, names) {
  const head = element("div", "xrm-head", root);
  const state = element("p", "xrm-state", head, { role: "status" });
  const left = element("span", "xrm-left", head);
  const track = element("div", "xb-bar xrm-progress", root, { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": words.progress_label });
  const bar = element("div", "xb-fill", track);
  const note = element("div", "xrm-note", root, { hidden: "" });
  const tiles = element("dl", "xrm-tiles", root, { hidden: "" });
  const tile = Object.fromEntries(
    ["accuracy", "loss", "speed"].map((name) => {
      const box = element("div", "", tiles);
      element("dt", "", box, { text: words.tiles[name] });
      return [name, element("dd", "", box)];
    }),
  );
  const facts = element("p", "xrm-facts", root);
  const layers = element("details", "xrm-layers", root, { hidden: "" });
  element("summary", "", layers, { text: words.layers });
  const table = element("table", "", layers);

  function show(run) {
    root.dataset.state = run.state;
    state.className = `xrm-state xrm-${run.state}`;
    state.textContent = sentence(run);
    if (!run.epochs) return; // the server does not answer: what was known stays
    const share = shareDone(run);
    track.classList.toggle("xrm-busy", share === null);
    bar.style.transform = `scaleX(${share ?? 1})`;
    if (share === null) track.removeAttribute("aria-valuenow");
    else track.setAttribute("aria-valuenow", Math.round(100 * share));
    track.hidden = run.over && run.state !== "finished";
    left.textContent = run.state === "running" && !run.paused ? timeLeft(run, share) : "";
    remark(note, remarks(run));
    const last = run.epochs.at(-1);
    tiles.hidden = !last;
    if (last) {
      tile.accuracy.textContent = fill(words.percent, { n: number(100 * last.test_accuracy, 1) });
      tile.loss.textContent = number(last.test_loss, 3);
      const speed = run.ended?.images_per_second ?? run.images_per_second;
      tile.speed.textContent = speed ? whole(speed) : "–";
    }
    facts.textContent = run.started ? describe(run.started) : "";
    if (layers.hidden && run.started?.layers) showLayers(run.started.layers);
  }

  function showLayers(rows) {
    layers.hidden = false;
    for (const [name, shape, parameters] of rows) {
      const row = element("tr", "", table);
      element("td", "", row, { text: name });
      element("td", "", row, { text: [shape].flat().join(" × ") });
      element("td", "", row, { text: parameters ? whole(parameters) : "–" });
    }
  }

  function sentence(run) {
    const { state: says } = words;
    const epoch = run.started ? Math.max(1, currentEpoch(run)) : 0;
    const values = { n: run.before, epoch, epochs: run.started?.configuration?.epochs, status: run.exit_status };
    if (run.state === "starting") return preparing(run);
    if (run.state === "running") {
      if (run.stopping) return says.stopping;
      if (run.paused) return fill(says.paused, { step: whole(run.steps.at(-1)?.[1] ?? 0) });
      return fill(values.epochs ? says.running : says.running_by_time, values);
    }
    if (run.state === "finished") {
      const early = run.ended.reason === "stopped" && !run.steps.length;
      return fill(early ? says.finished_early : says[`finished_${run.ended.reason}`] ?? says.finished, values);
    }
    if (run.state === "interrupted" && run.exit_status === null) return says.silent;
    return fill(says[run.state], values);
  }

  function preparing({ progress, stopping }) {
    if (stopping) return words.state.stopping;
    const name = words.progress[progress?.progress];
    if (!name || progress.done === progress.total) return words.state.starting;
    const share = progress.total ? ` ${fill(words.percent, { n: number((100 * progress.done) / progress.total, 0) })}` : "";
    return `${name}${share}`;
  }

  // What has to be said beside the state: why it failed, what was taken instead, that the loss is not a number.
  function remarks(run) {
    const said = [];
    const failure = run.state === "failed" ? run.ended : null;
    if (failure) said.push(words.failures[failure.code] ?? words.failures.other, failure.message);
    if (run.state === "interrupted") said.push(words.broken[run.cause], run.last_line);
    const notice = run.started?.notice;
    if (notice) said.push(words.notices[notice.code] ?? notice.message);
    if (run.diverged !== null) said.push(fill(words.diverged, { step: run.diverged }));
    return said.filter(Boolean);
  }

  function describe({ device, precision, dataset, images, parameters, configuration }) {
    const model = words.models[configuration?.model] ?? configuration?.model;
    return [
      words.devices[String(device).split(":")[0]] ?? device,
      precision,
      `${words.datasets[dataset] ?? names[dataset] ?? dataset}${fill(words.pictures, { n: whole(images) })}`,
      `${model}${fill(words.parameters, { n: whole(parameters) })}`,
    ].filter(Boolean).join(" · ");
  }

  function timeLeft({ seconds }, share) {
    if (!share || seconds < 1) return "";
    const rest = (seconds * (1 - share)) / share;
    return rest < 90 ? fill(words.seconds_left, { n: Math.max(1, Math.round(rest)) }) : fill(words.minutes_left, { n: Math.round(rest / 60) });
  }

  return { show };
}

function currentEpoch({ images, started }) {
  return Math.ceil(images / started.images);
}

// How much of the run is over, by pictures or by time, whichever is further; null while that is unknown.
function shareDone({ state, started, images, seconds, progress }) {
  if (state === "finished") return 1;
  if (!started) return progress?.total && progress.done < progress.total ? progress.done / progress.total : null;
  const { epochs, max_seconds: limit } = started.configuration ?? {};
  return Math.min(1, Math.max(epochs ? images / (epochs * started.images) : 0, limit ? seconds / limit : 0));
}

function remark(node, lines) {
  node.hidden = lines.length === 0;
  if (node.dataset.said === lines.join("\n")) return;
  node.dataset.said = lines.join("\n");
  node.replaceChildren(...lines.map((text) => element("p", "", null, { text })));
}
