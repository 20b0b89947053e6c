// The work before the training, its progress, and the time that is left at the speed of the last seconds.
import { fill, number } from "../shared/notation.js";
import { spoken } from "./words.js";

const WINDOW = 10_000; // milliseconds over which the speed is measured
const IN_BYTES = ["download", "check"];
const FETCHING = ["download", "retry"];

// The share of the present work that is done; null if unknown.
export function shareOfPreparation(progress) {
  const known = progress?.total && progress.progress !== "retry" && progress.done < progress.total;
  return known ? progress.done / progress.total : null;
}

export function preparation(words) {
  let work = null; // the last work
  let seen = []; // its progress within the window: { done, at }

  function sentence({ progress }) {
    const name = words.progress[progress?.progress];
    if (!name) return words.state.starting;
    const { progress: what, done, total } = progress;
    if (what === "retry") return fill(name, { left: spoken(total - done, words) });
    if (!total) return name;
    const mega = (bytes) => Math.round(bytes / 1e6);
    const far = IN_BYTES.includes(what)
      ? fill(words.bytes, { done: mega(done), total: mega(total) })
      : fill(words.percent, { n: number((100 * done) / total, 0) });
    return fill(words.work, { name, far });
  }

  // The time left for the present work; "" if unknown.
  function left({ progress }) {
    if (progress?.progress !== work || progress?.done < seen.at(-1)?.done) [work, seen] = [progress?.progress, []];
    if (shareOfPreparation(progress) === null) return "";
    const { done, total } = progress;
    const now = performance.now();
    seen.push({ done, at: now });
    while (now - seen[1]?.at >= WINDOW) seen.shift();
    const rate = (done - seen[0].done) / ((now - seen[0].at) / 1000);
    return rate > 0 ? fill(words.left, { time: spoken((total - done) / rate, words) }) : "";
  }

  // Further explanation, also for a run that was stopped meanwhile.
  function remark({ state, stopping, started, progress }) {
    if (started || state === "failed" || !FETCHING.includes(progress?.progress)) return "";
    return progress.progress === "retry" && state === "starting" && !stopping ? words.retry_help : words.download_help;
  }

  return { sentence, left, remark };
}
