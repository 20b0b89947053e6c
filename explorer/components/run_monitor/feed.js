// The events of a run, fetched from the server's route without a rerun of the page.
import { addressOf, answer, ask } from "../shared/host.js";
import { fromWire } from "../shared/wire.js";

const PAUSE = 500; // milliseconds between two requests
const PAUSE_HIDDEN = 5000; // while the tab is hidden
const PAUSE_LOST = 3000; // while the server does not answer
const PAUSE_OVER = 5000; // while a run is over that may be resumed
// The columns of the rows of steps; a row may summarise several steps.
export const STEP = { first: 0, last: 1, mean: 2, low: 3, high: 4, rate: 5, seconds: 6, images: 7, gradient: 8, update: 9 };
const OVER = ["finished", "failed", "interrupted"];
const overForGood = ({ state, ended }) => state === "gone" || (state === "finished" && ended.reason !== "stopped");

// Follow the run at `route` until it is over for good, and call receive(run) with each answer of the server, together with all
// `steps` (arrays, see STEP) and `epochs`, `started`, `changes`, `samples`, and `over`.
// receive({ state: "lost" }): the server does not answer; receive({ state: "gone" }): there is no such run.
export function follow(route, receive) {
  const steps = [];
  const epochs = [];
  const facts = { started: null, changes: [], samples: null };
  let cursor = "";
  let timer = null;
  let asking = false;
  let ended = false;

  async function look() {
    clearTimeout(timer);
    if (asking || ended) return;
    asking = true;
    let pause = PAUSE;
    try {
      const run = await catchUp();
      if (ended) return;
      ended = overForGood(run);
      if (run.over) pause = PAUSE_OVER;
      receive(run);
    } catch (error) {
      console.warn(error);
      if (!ended) receive({ state: "lost" });
      pause = PAUSE_LOST;
    } finally {
      asking = false;
    }
    if (!ended) timer = setTimeout(look, document.hidden ? Math.max(pause, PAUSE_HIDDEN) : pause);
  }

  async function catchUp() {
    for (;;) {
      const response = await ask(`${route}/events?since=${cursor}`);
      if (response.status === 404) return { state: "gone", over: true };
      if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
      const answer = fromWire(await response.json());
      put(steps, answer.steps);
      put(epochs, answer.epochs);
      Object.assign(facts, answer.facts, answer.samples && { samples: answer.samples });
      cursor = answer.cursor;
      if (!answer.more || ended) return { ...answer, ...facts, steps, epochs, over: OVER.includes(answer.state) };
    }
  }

  const shown = () => document.hidden || look();
  document.addEventListener("visibilitychange", shown);
  look();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", shown);
  };
}

// The source of a run monitor: the run, the logits of its sample images after an epoch, these images, its weights as one
// image, and its folder as a ZIP file, the last three as addresses.
export const served = (route) => ({
  follow: (receive) => follow(route, receive),
  async samples(epoch) {
    const response = await answer(`${route}/samples/${epoch}`);
    return response && fromWire(await response.json());
  },
  async sprite() {
    const response = await answer(`${route}/samples.png`);
    return response ? URL.createObjectURL(await response.blob()) : "";
  },
  weights: (epoch) => addressOf(`${route}/weights.png?epoch=${epoch}`),
  zip: () => addressOf(`${route}/run.zip`),
});

export function stepsPerEpoch({ started }) {
  return Math.max(1, Math.ceil(started.images / started.configuration?.batch_size));
}

// How many epochs were over at an evaluation: a fraction if the run ended within one.
export function epochsAt({ epoch, step }, run) {
  const exact = step / stepsPerEpoch(run);
  return exact < epoch ? exact : epoch;
}

function put(list, { from, rows }) {
  list.length = from;
  list.push(...rows);
}
