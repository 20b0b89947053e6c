// The views of the chart, as plotly figures made from the steps and evaluations of runs.
import { fill, number } from "../shared/notation.js";
import { epochsAt, STEP, stepsPerEpoch } from "./feed.js";
import { classNames } from "./words.js";

const HIGH = 10; // times the loss of a uniform guess: a linear chart ends here, so that lower losses can be distinguished
const finite = (value) => (Number.isFinite(value) ? value : null);
const column = (rows, place) => rows.map((row) => finite(row[place]));

// The views by name; each is given runs ({ run, name, colour }, one or several) and
// tools ({ words, names, colours, x, smooth }) and returns traces, lines across, and the axis of its values.
export const VIEWS = { loss, accuracy, rate, gradient, update, classes, speed };

// How many classes the runs have, each number once.
const classCounts = (runs) => [...new Set(runs.map(({ run }) => run.started?.classes?.length ?? 10))];

// Whether a view has anything to show.
export function has(view, runs) {
  if (view === "classes") {
    const [{ run }] = runs;
    return runs.length === 1 && Boolean(run.started?.classes) && run.epochs.some((epoch) => epoch.class_accuracy);
  }
  const place = { rate: STEP.rate, gradient: STEP.gradient, update: STEP.update, speed: STEP.seconds }[view];
  return place === undefined || runs.some(({ run }) => run.steps.some((row) => row[place] !== null));
}

export function figure(runs, { view, x: by, logx, logy, smooth }, words, names, colours) {
  const tools = { words, names, colours, smooth: smooth / 100, x: abscissas[by] };
  const { data, lines = [], title, yaxis = {} } = VIEWS[view](runs, tools);
  const marks = runs.flatMap((shown) => verticals(shown, tools));
  return {
    data,
    layout: layout({
      title, words, by, logx, logy, yaxis, lines, marks,
      begun: runs.some(({ run }) => run.steps.length),
      // The visitor's zoom is kept while the run grows, but not for another view.
      uirevision: [view, by, logx, logy].join(),
    }),
  };
}

// The position of a row of steps or an evaluation on the chosen axis.
const abscissas = {
  step: { row: (row) => (row[STEP.first] + row[STEP.last]) / 2, epoch: (epoch) => epoch.step, step: (step) => step },
  epoch: {
    row: (row, run) => ((row[STEP.first] + row[STEP.last]) / 2) / stepsPerEpoch(run),
    epoch: epochsAt,
    step: (step, run) => step / stepsPerEpoch(run),
  },
  seconds: {
    row: (row) => row[STEP.seconds],
    epoch: (epoch) => epoch.seconds,
    step: (step, run) => run.steps.find((row) => row[STEP.last] >= step)?.[STEP.seconds] ?? 0,
  },
};

function loss(runs, { words, x, smooth }) {
  const single = runs.length === 1;
  const data = runs.flatMap(({ run, name, colour }) => {
    const at = run.steps.map((row) => x.row(row, run));
    const raw = [
      { ...each(at, column(run.steps, STEP.high), words), name: words.most },
      { ...each(at, column(run.steps, STEP.low), words), fill: "tonexty", fillcolor: "var(--faint)", showlegend: true },
    ];
    return [
      ...(single ? raw : []),
      line(at, smoothed(run.steps, STEP.mean, smooth), single ? words.smoothed : escapeTags(name), colour, 3),
      {
        ...line(run.epochs.map((epoch) => x.epoch(epoch, run)), run.epochs.map((epoch) => finite(epoch.test_loss)), single ? words.test : `${escapeTags(name)}, ${words.test}`, single ? "var(--text)" : colour, 1.5),
        mode: "lines+markers", marker: { size: 6 }, showlegend: single,
      },
    ];
  });
  const counts = classCounts(runs);
  const lines = counts.map((n) => ({ y: Math.log(n), text: fill(words.uniform, { n, loss: number(Math.log(n), 3) }) }));
  const descended = runs.map(({ run }) => settings(run));
  for (const { loss, classes } of descended) {
    if (loss !== "double-softmax" || lines.some(({ twice }) => twice === classes)) continue;
    // The least loss of a softmax of probabilities, for a single 1 among zeros.
    const y = Math.log(Math.E + classes - 1) - 1;
    lines.push({ y, text: fill(words.twice, { loss: number(y, 3) }), below: true, twice: classes });
  }
  // The entropy of the target is the minimum of the cross-entropy only; that of the divergence is 0.
  const onSmoothed = descended.filter((it) => it.loss === "cross-entropy" && it.label_smoothing > 0);
  for (const y of new Set(onSmoothed.map((it) => entropyFloor(it.label_smoothing, it.classes)))) {
    lines.push({ y, text: words.floor, below: true });
  }
  const highest = data.reduce((most, { y }) => y.reduce((a, b) => Math.max(a, b), most), 0);
  const high = HIGH * Math.log(Math.max(...counts));
  return { data, lines, title: words.loss, yaxis: highest > high ? { range: [0, high] } : { rangemode: "tozero" } };
}

const settings = ({ started }) => ({
  loss: "cross-entropy", label_smoothing: 0, ...started.configuration, classes: started.classes?.length ?? 10,
});

// Why the training loss and the test loss are not the same quantity, if they are not.
export function twoLosses(view, runs, words) {
  if (view !== "loss") return "";
  const reasons = runs.map(({ run }) => settings(run)).map(({ loss, label_smoothing: share }) =>
    loss === "cross-entropy" || loss === "kl" ? share > 0 && words[`smoothed-${loss}`] : words[loss],
  );
  return [...new Set(reasons)].filter(Boolean).join(" ");
}

// The entropy of (1 − ε) onehot(y) + ε/K: no model brings the cross-entropy to such targets lower.
function entropyFloor(share, classes) {
  const rest = share / classes;
  const top = 1 - share + rest;
  return -top * Math.log(top) - (rest > 0 ? (classes - 1) * rest * Math.log(rest) : 0);
}

function accuracy(runs, { words, x }) {
  const data = runs.map(({ run, name, colour }) => ({
    ...line(run.epochs.map((epoch) => x.epoch(epoch, run)), run.epochs.map((epoch) => epoch.test_accuracy), escapeTags(name) || words.accuracy, colour, 2.5),
    mode: "lines+markers", marker: { size: 6 }, hovertemplate: "%{y:.1%}", showlegend: runs.length > 1,
  }));
  return { data, lines: guessing(runs, words), title: words.accuracy, yaxis: share(data) };
}

function guessing(runs, words) {
  return classCounts(runs).map((n) => ({ y: 1 / n, text: fill(words.guessing, { percent: number(100 / n, 100 % n ? 1 : 0) }) }));
}

function classes(runs, { words, x, names, colours }) {
  const [{ run }] = runs;
  const seen = run.epochs.filter((epoch) => epoch.class_accuracy);
  const data = classNames(run.started.classes, names).map((name, k) => ({
    ...line(seen.map((epoch) => x.epoch(epoch, run)), seen.map((epoch) => epoch.class_accuracy[k]), escapeTags(name), colours[k], 2),
    mode: "lines+markers", marker: { size: 5 }, hovertemplate: "%{y:.1%}", showlegend: true,
  }));
  return { data, lines: guessing(runs, words), title: words.classes, yaxis: share(data) };
}

const share = () => ({ range: [0, 1], tickformat: ".0%" });

function rate(runs, tools) {
  return overSteps(runs, tools, STEP.rate, tools.words.rate, 0, { rangemode: "tozero" });
}

function gradient(runs, tools) {
  return overSteps(runs, tools, STEP.gradient, tools.words.gradient, tools.smooth, { rangemode: "tozero" });
}

function update(runs, tools) {
  const figure = overSteps(runs, tools, STEP.update, tools.words.update, tools.smooth, { rangemode: "tozero" });
  return { ...figure, lines: [{ y: 0.001, text: tools.words.thousandth }] };
}

function overSteps(runs, { x, words }, place, title, smooth, yaxis) {
  const data = runs.flatMap(({ run, name, colour }) => {
    const rows = run.steps.filter((row) => row[place] !== null);
    const at = rows.map((row) => x.row(row, run));
    const raw = each(at, column(rows, place), words);
    const average = { ...line(at, smoothed(rows, place, smooth), escapeTags(name) || title, colour, 2.5), showlegend: runs.length > 1 };
    return smooth > 0 && runs.length === 1 ? [raw, average] : [average];
  });
  return { data, title, yaxis };
}

// Images and seconds are smoothed separately, so that the mean is all images divided by all seconds.
function speed(runs, { words, x, smooth }) {
  const data = runs.flatMap(({ run, name, colour }) => {
    const apart = run.steps.slice(1).map((row, i) => {
      const spent = [STEP.images, STEP.seconds].map((place) => row[place] - run.steps[i][place]);
      return [row[STEP.first], row[STEP.last], ...spent, spent[0] / spent[1]];
    });
    const [images, seconds] = [2, 3].map((place) => smoothed(apart, place, smooth));
    const at = run.steps.slice(1).map((row) => x.row(row, run));
    const average = { ...line(at, images.map((count, i) => finite(count / seconds[i])), escapeTags(name) || words.speed, colour, 2.5), hovertemplate: "%{y:,.0f}", showlegend: runs.length > 1 };
    const raw = each(at, column(apart, 4), words);
    return smooth > 0 && runs.length === 1 ? [raw, average] : [average];
  });
  return { data, title: words.speed, yaxis: { rangemode: "tozero" } };
}

// The running mean of a column of rows, in which a step counts less by 1/e for each `share` of the run since.
export function smoothed(rows, place, share) {
  const memory = share * (rows.at(-1)?.[STEP.last] ?? 0);
  let sum = 0;
  let weight = 0;
  return rows.map((row) => {
    const keep = memory > 0 ? Math.exp(-(row[STEP.last] - row[STEP.first] + 1) / memory) : 0;
    sum = sum * keep + row[place] * (1 - keep);
    weight = weight * keep + 1 - keep;
    return finite(sum / weight);
  });
}

// Plotly interprets some tags in texts; names come from folders.
export function escapeTags(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function line(x, y, name, color, width) {
  // A single point has no line.
  return { x, y, name, mode: x.length > 1 ? "lines" : "markers", line: { color, width }, hovertemplate: "%{y:.4g}", showlegend: true };
}

// What was measured at each step, behind its average.
const each = (x, y, words) => ({ x, y, name: words.each, mode: "lines", line: { color: "var(--faint)", width: 1 }, hoverinfo: "skip", showlegend: false });

// Where settings were changed during the run, and where its loss was no longer finite.
function verticals({ run }, { words, x }) {
  const late = (step) => step > 0.7 * (run.steps.at(-1)?.[STEP.last] ?? 0);
  const marks = run.changes.map(({ step, ...changed }) => ({
    x: x.step(step, run), late: late(step),
    text: Object.entries(changed).map(([name, value]) => `${words.changed[name]} ${value}`).join(", "),
    color: "var(--quiet)",
  }));
  if (run.diverged !== null) marks.push({ x: x.step(run.diverged, run), late: late(run.diverged), text: words.diverged, color: "#e0483e", at: 0.5 });
  return marks;
}

function layout({ title, words, by, logx, logy, yaxis, lines, marks, begun, uirevision }) {
  const axis = { gridcolor: "var(--line)", zerolinecolor: "var(--line)", linecolor: "var(--quiet)", automargin: true, separatethousands: true };
  const kind = (log) => (log ? { type: "log", nticks: 6 } : { type: "linear" }); // as in explorer/figures/theme.py
  const onX = (value) => (logx ? Math.log10(value) : value);
  const onY = (value) => (logy ? Math.log10(value) : value);
  const { range, ...others } = yaxis;
  return {
    autosize: true,
    uirevision,
    margin: { l: 8, r: 8, t: 30, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    xaxis: { ...axis, title: { text: words[by] }, rangemode: "tozero", ...kind(logx), ...(begun ? {} : { range: [0, 10] }) },
    yaxis: { ...axis, title: { text: title, standoff: 4 }, exponentformat: "power", ...others, ...kind(logy), ...(range && !logy ? { range } : {}) },
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", traceorder: "normal" },
    hovermode: "x unified",
    hoverlabel: { bgcolor: "var(--ground)", bordercolor: "var(--line)", font: { color: "var(--text)" } },
    shapes: [
      ...lines.map(({ y }) => ({ type: "line", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, line: { color: "var(--quiet)", width: 1.5, dash: "dash" } })),
      ...marks.map(({ x, color }) => ({ type: "line", yref: "paper", y0: 0, y1: 1, x0: x, x1: x, line: { color, width: 1.5, dash: "dot" } })),
    ],
    annotations: [
      ...lines.map(({ y, text, below }) => ({ x: 1, xref: "paper", xanchor: "right", y: onY(y), yanchor: below ? "top" : "bottom", text, showarrow: false, font: { color: "var(--quiet)" } })),
      // At the bottom, where a falling loss leaves room, one above the other.
      ...marks.map(({ x, late, text, color, at }, i) => ({ x: onX(x), xanchor: late ? "right" : "left", y: at ?? 0.01 + 0.07 * (i % 6), yref: "paper", yanchor: "bottom", text, showarrow: false, font: { color, size: 12 } })),
    ],
  };
}
