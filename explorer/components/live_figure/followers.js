// What moves with a board in the same frame, before Python has drawn anything: points on the plot, and traces for which
// the board publishes whole arrays.
import { keepCameras, neutral } from "../shared/plotly.js";
import { alike } from "./arrays.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const ATTRIBUTES = ["x", "y", "z", "customdata"];

export function following(root, plot) {
  let points = [];
  let lines = [];
  let marks = [];
  let others = []; // traces that only plotly can draw: surfaces, contours, lines in space
  let values = null;
  let followed = [];
  let python = null; // the traces from Python, while plotly shows these
  let busy = false;
  let missed = false; // whether a scene is behind the published values

  // Set a figure's `follow` and its traces once plotly has drawn them; null removes all followers.
  function set(follow, drawn = null) {
    for (const { circle } of points) circle.remove();
    for (const { path, group } of lines) {
      path.remove();
      group?.style.removeProperty("display");
    }
    values = null;
    missed = false;
    python = drawn;
    const flat = ({ trace }) => plot._fullData[trace].type === "scatter";
    const bare = ({ trace }) => plot._fullData[trace].mode === "markers";
    followed = follow?.traces ?? [];
    others = followed.filter((trace) => !flat(trace));
    marks = followed.filter((trace) => flat(trace) && bare(trace));
    lines = followed.filter((trace) => flat(trace) && !bare(trace)).map((trace) => {
      const { line: { color, width }, uid } = plot._fullData[trace.trace];
      const dashes = plot.querySelector(`.scatterlayer .trace${uid} .js-line`)?.style.strokeDasharray ?? "";
      const path = document.createElementNS(NAMESPACE, "path");
      path.style.cssText = `fill: none; stroke: ${color}; stroke-width: ${width}px; stroke-dasharray: ${dashes}; pointer-events: none`;
      return { ...trace, path };
    });
    points = (follow?.points ?? []).map((point) => {
      const circle = document.createElementNS(NAMESPACE, "circle");
      circle.setAttribute("class", "xf-follower");
      circle.setAttribute("r", "7");
      circle.style.fill = neutral(root)[point.colour] ?? point.colour;
      return { ...point, circle };
    });
  }

  function move(published) {
    // While another section replaces the figure, its board may already publish, with fewer values.
    const said = (follower) => ATTRIBUTES.every((name) => !(name in follower) || follower[name] in published);
    if (![...followed, ...points].every(said)) return;
    values = published;
    restyle(lines.filter(beyondAxis));
    missed = others.length > 0 && !(python && say(python));
    if (!busy) catchUp();
    place();
  }

  // Plotly takes tens of milliseconds to draw a scene. It then pauses for as long, so that the board can move on; the last
  // values are always drawn.
  function catchUp() {
    busy = missed;
    if (!busy) return;
    const begun = performance.now();
    settle();
    requestAnimationFrame(() => setTimeout(() => setTimeout(catchUp, performance.now() - begun)));
  }

  // Draw what is behind.
  function settle() {
    if (!missed) return;
    missed = false;
    python = null;
    restyle(others);
  }

  // Whether these traces have the published values of all followers.
  function say(traces) {
    if (!values) return false;
    return followed.every((follower) =>
      ATTRIBUTES.every((name) => !(name in follower) || alike(traces[follower.trace][name], values[follower[name]])),
    );
  }

  function restyle(traces) {
    if (!traces.length) return;
    const attributes = {};
    traces.forEach((follower, i) => {
      for (const name of ATTRIBUTES) if (name in follower) (attributes[name] ??= [])[i] = values[follower[name]];
    });
    keepCameras(plot);
    window.Plotly.restyle(plot, attributes, traces.map(({ trace }) => trace));
  }

  // Only plotly can extend its axis.
  function beyondAxis({ y }) {
    const { autorange, range } = plot._fullLayout.yaxis;
    return autorange && values[y].some((value) => value !== null && (value - range[0]) * (value - range[1]) > 0);
  }

  function place() {
    const { xaxis, yaxis } = plot._fullLayout ?? {};
    if (!values || !xaxis) return;
    for (const line of lines) drawLine(line, xaxis, yaxis);
    for (const mark of marks) moveMarks(mark, xaxis, yaxis);
    const layer = plot.querySelector(".overplot") ?? plot.querySelector(".cartesianlayer");
    for (const { circle, ...point } of points) {
      if (!circle.isConnected) layer.append(circle);
      const x = xaxis._offset + xaxis.l2p(values[point.x]);
      const y = yaxis._offset + yaxis.l2p(values[point.y]);
      const inside =
        x >= xaxis._offset - 1 && x <= xaxis._offset + xaxis._length + 1 &&
        y >= yaxis._offset - 1 && y <= yaxis._offset + yaxis._length + 1;
      circle.style.display = inside ? "" : "none";
      if (inside) circle.setAttribute("transform", `translate(${x},${y})`);
    }
  }

  // Plotly takes tens of milliseconds for a line of many pieces; one SVG path takes one.
  function drawLine(line, xaxis, yaxis) {
    const trace = plot._fullData[line.trace];
    line.group = plot.querySelector(`.scatterlayer .trace${trace.uid}`);
    if (!line.group) return line.path.remove(); // switched off in the legend
    if (line.group.nextSibling !== line.path) line.group.after(line.path);
    line.group.style.display = "none";
    let pen = "M";
    let drawing = "";
    values[line.y].forEach((value, i) => {
      if (value !== null) drawing += `${pen}${xaxis.c2p(trace.x[i]).toFixed(1)},${yaxis.c2p(value).toFixed(1)}`;
      pen = value === null ? "M" : "L";
    });
    line.path.setAttribute("d", drawing);
  }

  // Move plotly's own markers.
  function moveMarks({ trace, y }, xaxis, yaxis) {
    const { uid, x } = plot._fullData[trace];
    plot.querySelectorAll(`.scatterlayer .trace${uid} .point`).forEach((mark, i) => {
      mark.setAttribute("transform", `translate(${xaxis.c2p(x[i])},${yaxis.c2p(values[y][i])})`);
    });
  }

  // Whether something is shown that plotly has not drawn.
  const bypassPlotly = () => others.length < followed.length;

  return { set, move, place, say, settle, bypassPlotly };
}
