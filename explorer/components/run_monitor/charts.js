// The two charts of a run, updated in place: zoom and hover survive.
import { inTheme, loadPlotly } from "../shared/plotly.js";

const LN10 = Math.log(10);
const LINES = { color: "var(--quiet)", width: 1.5, dash: "dash" };
const finite = (value) => (Number.isFinite(value) ? value : null);

// Draw `run` into the nodes `loss` and `accuracy`; `words` are the charts' labels.
export function charts(root, loss, accuracy, words) {
  let drawing = false;
  let next = null;
  const resize = new ResizeObserver(() => {
    for (const plot of [loss, accuracy]) if (plot._fullLayout) window.Plotly.Plots.resize(plot);
  });
  resize.observe(root);

  async function draw(run) {
    next = run;
    if (drawing) return;
    drawing = true;
    const Plotly = await loadPlotly();
    while (next && root.isConnected) {
      const now = next;
      next = null;
      await Plotly.react(loss, ...parts(lossFigure(now, words)));
      await Plotly.react(accuracy, ...parts(accuracyFigure(now, words)));
      root.dataset.steps = String(now.steps.at(-1)?.[1] ?? 0);
    }
    drawing = false;
  }

  function parts(figure) {
    const { data, layout } = inTheme(figure, root);
    return [data, layout, { displaylogo: false, displayModeBar: false }];
  }

  function remove() {
    resize.disconnect();
    for (const plot of [loss, accuracy]) window.Plotly?.purge(plot);
  }

  return { draw, remove };
}

function lossFigure({ steps, epochs }, words) {
  const x = steps.map(([first, last]) => (first + last) / 2);
  const faint = { x, mode: "lines", hoverinfo: "skip", line: { color: "var(--faint)", width: 1 } };
  const end = Math.max(1, steps.at(-1)?.[1] ?? 1);
  const data = [
    { ...faint, y: steps.map((row) => finite(row[4])), showlegend: false },
    { ...faint, y: steps.map((row) => finite(row[3])), fill: "tonexty", fillcolor: "var(--faint)", name: words.each },
    {
      x, y: smooth(steps), mode: "lines", name: words.smoothed,
      line: { color: "var(--accent)", width: 3 }, hovertemplate: "%{y:.3f}",
    },
    {
      x: epochs.map((epoch) => epoch.step), y: epochs.map((epoch) => finite(epoch.test_loss)),
      mode: "lines+markers", name: words.test,
      line: { color: "var(--text)", width: 1.5 }, marker: { size: 6 }, hovertemplate: "%{y:.3f}",
    },
    { x: [0, end], y: [LN10, LN10], mode: "lines", line: LINES, hoverinfo: "skip", showlegend: false },
  ];
  return {
    data,
    layout: layout(words.step, words.loss, {
      yaxis: { rangemode: "tozero" },
      annotations: [note(LN10, words.ln10)],
    }),
  };
}

function accuracyFigure({ epochs }, words) {
  const x = epochs.map((epoch) => epoch.epoch);
  const end = Math.max(1, x.at(-1) ?? 1);
  const data = [
    {
      x, y: epochs.map((epoch) => epoch.test_accuracy), mode: "lines+markers", name: words.accuracy, showlegend: false,
      line: { color: "var(--text)", width: 2 }, marker: { size: 7 }, hovertemplate: "%{y:.1%}",
    },
    { x: [0, end], y: [0.1, 0.1], mode: "lines", line: LINES, hoverinfo: "skip", showlegend: false },
  ];
  return {
    data,
    layout: layout(words.epoch, words.accuracy, {
      xaxis: { dtick: Math.ceil(end / 10) },
      yaxis: { range: [0, 1], tickformat: ".0%" },
      annotations: [note(0.1, words.guessing)],
    }),
  };
}

// The label of a dashed line, above its right end.
function note(y, text) {
  return { x: 1, xref: "paper", xanchor: "right", y, yanchor: "bottom", text, showarrow: false, font: { color: "var(--quiet)" } };
}

function layout(x, y, { xaxis, yaxis, annotations }) {
  const axis = { gridcolor: "var(--line)", zerolinecolor: "var(--line)", linecolor: "var(--quiet)", automargin: true };
  return {
    height: 360,
    autosize: true,
    // One run is one picture: what the visitor zoomed stays while it grows.
    uirevision: "run",
    margin: { l: 8, r: 8, t: 56, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { size: 14 },
    title: { text: y, x: 0, xref: "paper", y: 1, yref: "container", yanchor: "top", pad: { t: 6 }, font: { size: 16 } },
    xaxis: { ...axis, title: { text: x }, rangemode: "tozero", ...xaxis },
    yaxis: { ...axis, ...yaxis },
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", traceorder: "normal" },
    hovermode: "x unified",
    hoverlabel: { bgcolor: "var(--ground)", bordercolor: "var(--line)", font: { color: "var(--text)" } },
    // A finger that moves over a chart scrolls the page.
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    annotations,
  };
}

// The running mean of the steps' losses, in which older steps count exponentially less: by 1/e for each 30th of
// the run that has passed since.
function smooth(steps) {
  const memory = Math.max(4, (steps.at(-1)?.[1] ?? 0) / 30);
  let sum = 0;
  let weight = 0;
  return steps.map(([first, last, mean]) => {
    const keep = Math.exp(-(last - first + 1) / memory);
    sum = sum * keep + mean * (1 - keep);
    weight = weight * keep + 1 - keep;
    return finite(sum / weight);
  });
}
