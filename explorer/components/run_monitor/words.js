import { fill, number } from "../shared/notation.js";
import { epochsAt } from "./feed.js";

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

const LONGEST = 30; // letters of a class's name

// The names of a run's classes: those of CIFAR-10 and of the shapes in the visitor's language, others as they are.
export function classNames(classes, known) {
  if (classes.length === 10 && classes.every((name) => Object.hasOwn(known, name))) return classes.map((name) => known[name]);
  return classes.map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name));
}
