// The training in this browser: a worker that trains, and its run in the form in which feed.js gives those of the server.
// There is one at most, and it goes on while its visitor looks at other pages: it lives until the tab is closed.
import { answer, located } from "../../shared/host.js";

const tab = (globalThis.explorerTraining ??= { run: null, worker: null, pictures: "", begun: null, listeners: new Set() });
const EMPTY = {
  steps: [], epochs: [], changes: [], samples: null, diverged: null, ended: null, over: false, paused: false, stopping: false,
  images: 0, seconds: 0, images_per_second: null, progress: { progress: "decode" },
};

// Start anew. started: what the training program's event of that name says; sheet: the route of the pictures.
export async function begin({ started, sheet }) {
  dismiss();
  const worker = new Worker(located(new URL("./worker.js", import.meta.url)), { type: "module" });
  tab.worker = worker;
  tell({ ...EMPTY, state: "starting", started: null });
  const fail = (code, message) => {
    if (worker !== tab.worker) return; // it was stopped meanwhile
    dismiss();
    tell({ ...tab.run, state: "failed", over: true, ended: { code, message } });
  };
  worker.onerror = ({ message }) => fail("worker", message ?? "");
  worker.onmessage = ({ data }) => {
    if (worker !== tab.worker) return;
    if (data.failed) fail("worker", data.failed);
    else if (data.pictures) [tab.pictures, tab.labels] = [pictureOf(data.pictures.map(inColour), 1), data.labels];
    else tell(grown(data, started));
  };
  try {
    const response = await answer(sheet);
    worker.postMessage({ sheet: await response.blob(), settings: started.configuration, classes: started.classes });
  } catch (error) {
    console.warn(error);
    fail("pictures", "");
  }
}

// Start, unless that was done for this request: Python says it again whenever it draws the page.
export function beginOnce(request, training) {
  if (!request || request === tab.begun) return;
  tab.begun = request;
  begin(training);
}

export function command(name, values = {}) {
  tab.worker?.postMessage({ command: name, ...values });
  if (name !== "stop" || tab.run.state !== "starting") return;
  dismiss(); // there is nothing to evaluate
  tell({ ...EMPTY, state: "finished", started: null, over: true, ended: { reason: "stopped" } });
}

export const current = () => tab.run;

// The source of a run monitor: the run, the logits of its ten pictures, these pictures, and its weights.
export const local = {
  follow(receive) {
    tab.listeners.add(receive);
    if (tab.run) receive(tab.run);
    return () => tab.listeners.delete(receive);
  },
  async samples(epoch) {
    const { logits } = tab.run.epochs.find((evaluation) => evaluation.epoch === epoch);
    return { labels: tab.labels, logits };
  },
  sprite: async () => tab.pictures,
  async weights() {
    await new Promise((resolve) => setTimeout(resolve)); // in a task of its own, after the chart's
    return pictureOf(templates(tab.run.weights, tab.run.started.classes.length), 5);
  },
};

function tell(run) {
  tab.run = run;
  for (const receive of tab.listeners) receive(run);
}

// End the worker; what it still says is not heard.
function dismiss() {
  tab.worker?.terminate();
  tab.worker = null;
}

// The run with what the worker has posted.
function grown({ step, rows, epochs, samples, weights, reason, ...now }, started) {
  const speed = now.seconds ? now.images / now.seconds : null;
  return {
    ...EMPTY, ...now, started,
    state: reason ? "finished" : "running",
    over: Boolean(reason),
    ended: reason ? { reason, images_per_second: speed, seconds: now.seconds } : null,
    images_per_second: speed,
    steps: rows,
    epochs: [...tab.run.epochs, ...epochs],
    samples: { step, labels: tab.labels, logits: samples },
    weights: weights ?? tab.run.weights,
  };
}

const SIDE = 32;

// One picture of a uint8 image (32 × 32 × 3).
function inColour(image) {
  const picture = new ImageData(SIDE, SIDE);
  for (let at = 0; at < image.length; at += 1) picture.data[4 * Math.floor(at / 3) + (at % 3)] = image[at];
  for (let at = 3; at < picture.data.length; at += 4) picture.data[at] = 255;
  return picture;
}

// Weights (classes × 3 × 32 × 32) as pictures: grey is 0, and the largest absolute weight is black or white.
function templates(weights, classes) {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
  const pixels = SIDE * SIDE;
  return Array.from({ length: classes }, (_, k) =>
    inColour(Uint8ClampedArray.from({ length: 3 * pixels }, (_, at) => 127.5 + (127.5 * weights[(3 * k + (at % 3)) * pixels + Math.floor(at / 3)]) / largest)),
  );
}

// Pictures as one, so many in a row and a pixel apart, by its address.
function pictureOf(pictures, across) {
  const apart = across > 1 ? 1 : 0;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [across * (SIDE + apart), Math.ceil(pictures.length / across) * (SIDE + apart)];
  const context = canvas.getContext("2d");
  pictures.forEach((picture, at) => context.putImageData(picture, (at % across) * (SIDE + apart), Math.floor(at / across) * (SIDE + apart)));
  return canvas.toDataURL();
}
