// What the evaluations of a run show that is easily misread, each in a few sentences: a first loss above ln K, for K
// classes, a loss that stays there, and a test loss that rose together with the test accuracy.
import { exceeds } from "../shared/losses.js";
import { fill, number } from "../shared/notation.js";
import { when } from "./words.js";

export function remarks(run, words) {
  const { epochs, started } = run;
  const n = started.classes.length;
  const guess = Math.log(n); // the loss of equal logits
  const equal = { n, guess: number(guess, 3) };
  const [first, last] = [epochs[0], epochs.at(-1)];
  const said = [];
  if (first.step === 0 && first.test_loss > guess + 0.1) said.push(fill(words.remarks.first, { ...equal, loss: number(first.test_loss, 3) }));
  if (last.epoch > 0 && epochs.every(({ test_loss }) => Math.abs(test_loss - guess) < 0.005)) said.push(fill(words.remarks.still, equal));
  const apart = widestApart(epochs);
  if (apart) {
    const [before, after] = apart;
    const percent = ({ test_accuracy }) => number(100 * test_accuracy, 2);
    said.push(fill(words.remarks.apart, {
      when: when(after, run, words), before: number(before.test_loss, 4), after: number(after.test_loss, 4),
      from: percent(before), to: percent(after),
    }));
  }
  return said;
}

// Of the evaluations at which loss and accuracy both rose: the one whose loss rose most, after the one before it.
function widestApart(epochs) {
  const rise = ([before, after]) => after.test_loss - before.test_loss;
  const pairs = epochs.slice(1).map((after, i) => [epochs[i], after]);
  const both = pairs.filter(([before, after]) => exceeds(after.test_loss, before.test_loss) && exceeds(after.test_accuracy, before.test_accuracy));
  return both.sort((a, b) => rise(b) - rise(a))[0];
}
