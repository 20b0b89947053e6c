// The views of the chart, as plotly figures made from the steps and evaluations of runs.
import { epochsAt, STEP, stepsPerEpoch } from "./feed.js";

const LN10 = Math.log(10);
const TWICE = Math.log(Math.E + 9) - 1; // the least loss of a softmax of ten probabilities, for a single 1 among zeros
const HIGH = 10 * LN10; // a linear chart ends here, so that lower losses can be distinguished
const finite = (value) => (Number.isFinite(value) ? value : null);
const column = (rows, place) => rows.map((row) => finite(row[place]));

// The views by name; each is given runs ({ run, name, colour }, one or several) and
// tools ({ words, names, colours, x, smooth }) and returns traces, lines across, and the axis of its values.
export const VIEWS = { loss, accuracy, rate, gradient, update, classes, speed };

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
    const faint = { x: at, mode: "lines", hoverinfo: "skip", showlegend: false, line: { color: "var(--faint)", width: 1 } };
    const raw = [
      { ...faint, y: column(run.steps, STEP.high) },
      { ...faint, y: column(run.steps, STEP.low), fill: "tonexty", fillcolor: "var(--faint)", name: words.each, showlegend: true },
    ];
    return [
      ...(single ? raw : []),
      line(at, smoothed(run.steps, STEP.mean, smooth), single ? words.smoothed : escapeTags(name), colour, 3),
      {
        ...line(run.epochs.map((epoch) => x.epoch(epoch, run)), run.epochs.map((epoch) => finite(epoch.test_loss)), words.test, single ? "var(--text)" : colour, 1.5),
        mode: "lines+markers", marker: { size: 6 }, showlegend: single,
      },
    ];
  });
  const lines = [{ y: LN10, text: words.ln10 }];
  const descended = runs.map(({ run }) => settings(run));
  if (descended.some((it) => it.loss === "double-softmax")) lines.push({ y: TWICE, text: words.twice, below: true });
  // The entropy of the target is the minimum of the cross-entropy only; that of the divergence is 0.
  const smoothings = new Set(descended.filter((it) => it.loss === "cross-entropy").map((it) => it.label_smoothing));
  for (const share of smoothings) if (share > 0) lines.push({ y: entropyFloor(share), text: words.floor, below: true });
  const highest = data.reduce((most, { y }) => y.reduce((a, b) => Math.max(a, b), most), 0);
  return { data, lines, title: words.loss, yaxis: highest > HIGH ? { range: [0, HIGH] } : { rangemode: "tozero" } };
}

const settings = ({ started }) => ({ loss: "cross-entropy", label_smoothing: 0, ...started.configuration });

// Why the training loss and the test loss are not the same quantity, if they are not.
export function twoLosses(view, runs, words) {
  if (view !== "loss") return "";
  const reasons = runs.map(({ run }) => settings(run)).map(({ loss, label_smoothing: share }) =>
    loss === "cross-entropy" || loss === "kl" ? share > 0 && words[`smoothed-${loss}`] : words[loss],
  );
  return [...new Set(reasons)].filter(Boolean).join(" ");
}

// The entropy of (1 − ε) onehot(y) + ε/10: no model brings the cross-entropy to such targets lower.
function entropyFloor(share, classes = 10) {
  const rest = share / classes;
  const top = 1 - share + rest;
  return -top * Math.log(top) - (rest > 0 ? (classes - 1) * rest * Math.log(rest) : 0);
}

function accuracy(runs, { words, x }) {
  const data = runs.map(({ run, name, colour }) => ({
    ...line(run.epochs.map((epoch) => x.epoch(epoch, run)), run.epochs.map((epoch) => epoch.test_accuracy), name, colour, 2.5),
    mode: "lines+markers", marker: { size: 6 }, hovertemplate: "%{y:.1%}", showlegend: runs.length > 1,
  }));
  return { data, lines: [{ y: 0.1, text: words.guessing }], title: words.accuracy, yaxis: share(data) };
}

function classes(runs, { words, x, names, colours }) {
  const [{ run }] = runs;
  const seen = run.epochs.filter((epoch) => epoch.class_accuracy);
  const data = run.started.classes.map((name, k) => ({
    ...line(seen.map((epoch) => x.epoch(epoch, run)), seen.map((epoch) => epoch.class_accuracy[k]), escapeTags(names[name] ?? name), colours[k], 2),
    mode: "lines+markers", marker: { size: 5 }, hovertemplate: "%{y:.1%}", showlegend: true,
  }));
  return { data, lines: [{ y: 0.1, text: words.guessing }], title: words.classes, yaxis: share(data) };
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

function overSteps(runs, { x }, place, title, smooth, yaxis) {
  const data = runs.flatMap(({ run, name, colour }) => {
    const rows = run.steps.filter((row) => row[place] !== null);
    const at = rows.map((row) => x.row(row, run));
    const raw = { ...line(at, column(rows, place), "", "var(--faint)", 1), hoverinfo: "skip" };
    const average = { ...line(at, smoothed(rows, place, smooth), name, colour, 2.5), showlegend: runs.length > 1 };
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
    const average = { ...line(at, images.map((count, i) => finite(count / seconds[i])), name, colour, 2.5), hovertemplate: "%{y:,.0f}", showlegend: runs.length > 1 };
    const raw = { ...line(at, column(apart, 4), "", "var(--faint)", 1), hoverinfo: "skip" };
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
  return { x, y, name, mode: x.length > 1 ? "lines" : "markers", line: { color, width }, hovertemplate: "%{y:.4g}", showlegend: Boolean(name) };
}

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
