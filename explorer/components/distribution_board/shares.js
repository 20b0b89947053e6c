// Sliders that keep their sum at 1. Shares are whole units of 1/10,000: their sum is exact, and a link holds them.
export const UNITS = 10000;

const sum = (values) => values.reduce((a, b) => a + b, 0);

// Whole numbers with the given sum, in proportion to the weights (largest remainders). What was above 0 stays
// above 0 as long as there is a unit for each, so that rounding alone makes no class impossible.
export function apportion(weights, units = UNITS) {
  const total = sum(weights);
  const exact = weights.map((weight) => (weight / total) * units);
  const least = units >= weights.filter((weight) => weight > 0).length ? 1 : 0;
  const counts = exact.map((value) => (value > 0 ? Math.max(least, Math.floor(value)) : 0));
  let rest = units - sum(counts);
  for (; rest > 0; rest -= 1) {
    const owed = exact.map((value, k) => (value > 0 ? value - counts[k] : -Infinity));
    counts[owed.indexOf(Math.max(...owed))] += 1;
  }
  for (; rest < 0; rest += 1) counts[counts.indexOf(Math.max(...counts))] -= 1;
  return counts;
}

// The shares after class k is given `share`: the others keep their ratios, or share evenly if they had nothing.
export function pour(shares, k, share) {
  const mine = Math.round(share * UNITS);
  const others = shares.map((value, j) => (j === k ? 0 : value));
  const weights = sum(others) > 0 ? others : others.map((_, j) => (j === k ? 0 : 1));
  const counts = apportion(weights, UNITS - mine);
  counts[k] = mine;
  return counts.map((count) => count / UNITS);
}
