import { number, whole } from "../shared/notation.js";
import { epochsAt } from "./feed.js";

// Put values into a text's placeholders, "@{name}", as in explorer/shell/texts.py, with thousands separators in counts.
export function fill(text, values) {
  return text.replace(/@\{(\w+)\}/g, (_, name) => (Number.isInteger(values[name]) ? whole(values[name]) : values[name]));
}

// The time of an evaluation within its run.
export function when(evaluation, run, words) {
  const epochs = epochsAt(evaluation, run);
  if (epochs === 0) return words.untrained;
  if (Number.isInteger(epochs)) return fill(words.after_epoch, { epoch: epochs });
  return fill(words.after_epochs, { epochs: number(epochs, 2) });
}

// A duration, in words and one number.
export function spoken(seconds, words) {
  return seconds < 90 ? fill(words.seconds, { n: Math.max(1, Math.round(seconds)) }) : fill(words.minutes, { n: Math.round(seconds / 60) });
}
