// The events of a run, fetched from the server's route without a rerun of the page.
import { fromWire } from "../shared/wire.js";

const PAUSE = 500; // milliseconds between two looks
const PAUSE_HIDDEN = 5000; // while the tab is hidden
const PAUSE_LOST = 3000; // while the server does not answer
const OVER = ["finished", "failed", "interrupted"];

// Follow the run at `route` until it is over, and give each time hear(run): what the server says now, with `steps`
// ([first, last, mean, least, greatest, learning rate] each) and `epochs` from the beginning, and `over`.
// hear({ state: "lost" }) says that the server does not answer, hear({ state: "gone" }) that the run is not there.
export function follow(route, hear) {
  const steps = [];
  const epochs = [];
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
      ended = run.over;
      hear(run);
    } catch (error) {
      console.warn(error);
      if (!ended) hear({ state: "lost" });
      pause = PAUSE_LOST;
    } finally {
      asking = false;
    }
    if (!ended) timer = setTimeout(look, document.hidden ? PAUSE_HIDDEN : pause);
  }

  async function catchUp() {
    for (;;) {
      const response = await fetch(new URL(`${route}/events?since=${cursor}`, document.baseURI));
      if (response.status === 404) return { state: "gone", over: true };
      if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
      const answer = fromWire(await response.json());
      put(steps, answer.steps);
      put(epochs, answer.epochs);
      cursor = answer.cursor;
      if (!answer.more || ended) return { ...answer, steps, epochs, over: OVER.includes(answer.state) };
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

function put(list, { from, rows }) {
  list.length = from;
  list.push(...rows);
}
