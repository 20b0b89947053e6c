// The chart of one run or several, one view at a time, updated in place, so that zoom and hover are kept.
import { fill } from "../shared/notation.js";
import { figureMenu } from "../shared/figure_menu.js";
import { element } from "../shared/mount.js";
import { inTheme, loadPlotly } from "../shared/plotly.js";
import { printable } from "../shared/printing.js";
import { viewOf } from "../shared/view.js";
import { figure, has, twoLosses, VIEWS } from "./views.js";

const SMOOTHED = ["loss", "gradient", "update", "speed"];

// Build the chart and its controls; `state` holds { view, x, logx, logy, smooth }, and change(name, value) is called
// when the visitor sets one of them. `persist` retries what fails; remarks on the chart go to `below`.
// Returns draw(runs), refresh(), describe(text) and remove().
export function charts(parent, below, { words, menuWords, names, colours }, state, change, persist) {
  const root = element("div", "xrm-charts", parent, { hidden: "" });
  const views = element("div", "xrm-views", root, { role: "radiogroup", "aria-label": words.views });
  const buttons = Object.keys(VIEWS).map((view) => {
    const button = element("button", "", views, { type: "button", role: "radio", text: words.view[view] });
    button.onclick = () => change("view", view);
    return [view, button];
  });
  const place = element("div", "xrm-place", root);
  const plot = element("div", "xrm-chart", place, { role: "img" });
  const menu = figureMenu(place, plot);
  const note = element("p", "xrm-two", below);
  const bar = element("div", "xrm-options", root);
  const by = choice(bar, words.axis, ["step", "epoch", "seconds"], (value) => change("x", value));
  const logs = ["logx", "logy"].map((name) => [name, tick(bar, words[name], (value) => change(name, value))]);
  const smooth = slider(bar, (value) => change("smooth", value));
  let latest = [];
  let wanted = false;
  let drawing = false;
  let resets = 0;
  let seen = null; // what is drawn, and how often its first view was brought back
  const resize = new ResizeObserver(() => root.clientWidth && plot._fullLayout && window.Plotly.Plots.resize(plot));
  resize.observe(root);
  const stopPrinting = printable(plot, refresh);
  const firstView = viewOf(place, plot, () => {
    menu.focus();
    resets += 1;
    return refresh();
  });

  function choice(bar, text, options, change) {
    const select = element("select", "", bar, { "aria-label": text });
    for (const value of options) element("option", "", select, { value, text: words[value] });
    select.onchange = () => change(select.value);
    return select;
  }

  function tick(bar, text, change) {
    const label = element("label", "", bar);
    const box = element("input", "", label, { type: "checkbox" });
    label.append(text);
    box.onchange = () => change(box.checked);
    return box;
  }

  function slider(bar, change) {
    const label = element("label", "xrm-smooth", bar);
    const text = element("span", "", label);
    const input = element("input", "", label, { type: "range", min: 0, max: 20, step: 0.5 });
    input.oninput = () => change(Number(input.value));
    return { label, text, input };
  }

  function draw(runs) {
    latest = runs;
    root.hidden = false;
    refresh();
  }

  // What the visitor chose, as far as there is something to show of it.
  function current() {
    const now = state();
    const begun = latest.some(({ run }) => run.steps.length);
    return { ...now, view: has(now.view, latest) ? now.view : "loss", logx: begun && now.logx };
  }

  async function refresh() {
    if (!latest.length) return;
    const now = current();
    for (const [view, button] of buttons) {
      button.hidden = !has(view, latest);
      button.setAttribute("aria-checked", view === now.view);
    }
    by.value = now.x;
    for (const [name, box] of logs) box.checked = state()[name];
    note.textContent = twoLosses(now.view, latest, words.two_losses);
    smooth.label.hidden = !SMOOTHED.includes(now.view);
    smooth.input.value = now.smooth;
    smooth.text.textContent = fill(words.smoothing, { n: now.smooth });
    wanted = true;
    if (drawing) return;
    drawing = true;
    while (wanted && root.isConnected) await persist(place, show);
    drawing = false;
  }

  async function show(attempt) {
    const Plotly = await loadPlotly();
    if (attempt) Plotly.purge(plot);
    wanted = false;
    const { data, layout } = inTheme(figure(latest, current(), words, names, colours), root);
    layout.uirevision += ` ${resets}`;
    const anew = seen !== layout.uirevision;
    seen = layout.uirevision;
    const begins = !plot._fullLayout;
    for (const axis of [layout.xaxis, layout.yaxis]) axis.title.font = { size: layout.font.size };
    await Plotly.react(plot, data, layout, { displaylogo: false, displayModeBar: false });
    if (begins) firstView.watch();
    firstView.drawn(anew);
    menu.update({ name: `train-${current().view}`, words: menuWords, alt: plot.getAttribute("aria-label") ?? "", code: "" });
    root.dataset.steps = String(latest[0].run.steps.at(-1)?.[1] ?? 0);
    root.dataset.view = current().view;
  }

  function describe(text) {
    plot.setAttribute("aria-label", text);
  }

  function remove() {
    resize.disconnect();
    stopPrinting();
    firstView.remove();
    window.Plotly?.purge(plot);
  }

  return { draw, refresh, describe, remove };
}
