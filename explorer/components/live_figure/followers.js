// What moves with a board in the same frame: points on the plot, and arrays of the figure's traces. A trace names these
// arrays in its `meta.board`, { attribute: published name }; they come from the board alone, and Python sends none.
import { keepCameras, neutral } from "../shared/plotly.js";

const NAMESPACE = "http://www.w3.org/2000/svg";

export function following(root, plot) {
  let needed = []; // the names of all values that something follows
  let values = null; // as published last
  let inPlots = null; // those with which plotly has drawn the lines and markers
  let inScenes = null; // and those with which it has drawn the rest
  let points = [];
  let lines = [];
  let marks = [];
  let others = []; // traces that only plotly can draw: surfaces, contours, bars, lines in space
  let busy = false;

  // Remove all followers, and forget what was published.
  function forget() {
    clear();
    needed = [];
    values = null;
  }

  function clear() {
    for (const { circle } of points) circle.remove();
    for (const { path, group } of lines) {
      path.remove();
      group?.style.removeProperty("display");
    }
    points = lines = marks = others = [];
  }

  // Put the board's arrays into the traces of a figure, before it is drawn; return whether all of them are published.
  function fill(traces, follow) {
    clear();
    const owned = traces.map(({ meta }) => Object.entries(meta?.board ?? {}));
    const names = owned.flat().map(([, name]) => name);
    needed = [...names, ...(follow?.points ?? []).flatMap(({ x, y }) => [x, y])];
    const isSaid = (name) => values && name in values;
    if (!names.every(isSaid)) return false;
    owned.forEach((entries, i) => entries.forEach(([attribute, name]) => (traces[i][attribute] = values[name])));
    if (!needed.every(isSaid)) values = null;
    inPlots = inScenes = values;
    return true;
  }

  // Set the followers of a figure that plotly has drawn.
  function drawn(follow) {
    const followed = plot._fullData.flatMap(({ type, mode, meta }, trace) => (meta?.board ? { trace, type, mode, names: meta.board } : []));
    others = followed.filter(({ type }) => type !== "scatter");
    marks = followed.filter(({ type, mode }) => type === "scatter" && mode === "markers");
    lines = followed.filter(({ type, mode }) => type === "scatter" && mode !== "markers").map((line) => {
      const { line: { color, width }, uid } = plot._fullData[line.trace];
      const dashes = plot.querySelector(`.scatterlayer .trace${uid} .js-line`)?.style.strokeDasharray ?? "";
      const path = document.createElementNS(NAMESPACE, "path");
      path.style.cssText = `fill: none; stroke: ${color}; stroke-width: ${width}px; stroke-dasharray: ${dashes}; pointer-events: none`;
      return { ...line, path };
    });
    points = (follow?.points ?? []).map((point) => {
      const circle = document.createElementNS(NAMESPACE, "circle");
      circle.setAttribute("class", "xf-follower");
      circle.setAttribute("r", "7");
      circle.style.fill = neutral(root)[point.colour] ?? point.colour;
      return { ...point, circle };
    });
    if (values) move(values);
  }

  function move(published) {
    // While another section replaces the figure, its board may already publish, with fewer values.
    if (!needed.every((name) => name in published)) return;
    values = published;
    restyle(lines.filter(beyondAxis));
    if (!busy) catchUp();
    place();
  }

  // Plotly takes tens of milliseconds to draw a scene. It then pauses for as long, so that the board can move on; the last
  // values are always drawn.
  function catchUp() {
    busy = others.length > 0 && inScenes !== values;
    if (!busy) return;
    const begun = performance.now();
    syncScenes();
    requestAnimationFrame(() => setTimeout(() => setTimeout(catchUp, performance.now() - begun)));
  }

  // Have plotly draw the scenes, and the rest that it alone can draw, with the latest values.
  function syncScenes() {
    if (inScenes !== values) restyle(others);
    inScenes = values;
  }

  // Have plotly draw everything, also the lines and markers that were moved without it: for hover labels, for the range of
  // its axes, and for what is saved.
  function syncAll() {
    syncScenes();
    if (inPlots !== values) restyle([...lines, ...marks]);
    inPlots = values;
  }

  function restyle(traces) {
    if (!traces.length) return;
    // Where only some of the traces have an attribute from the board, plotly would give it to the others too.
    const valueOf = ({ trace, names }, attribute) => (attribute in names ? values[names[attribute]] : plot._fullData[trace][attribute]);
    const attributes = {};
    for (const attribute of new Set(traces.flatMap(({ names }) => Object.keys(names)))) {
      attributes[attribute] = traces.map((trace) => valueOf(trace, attribute));
    }
    keepCameras(plot);
    window.Plotly.restyle(plot, attributes, traces.map(({ trace }) => trace));
  }

  // Only plotly can extend its axis.
  function beyondAxis({ names }) {
    const { autorange, range } = plot._fullLayout.yaxis;
    return autorange && values[names.y].some((value) => value !== null && (value - range[0]) * (value - range[1]) > 0);
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
    const x = values[line.names.x] ?? trace.x;
    values[line.names.y].forEach((value, i) => {
      if (value !== null) drawing += `${pen}${xaxis.c2p(x[i]).toFixed(1)},${yaxis.c2p(value).toFixed(1)}`;
      pen = value === null ? "M" : "L";
    });
    line.path.setAttribute("d", drawing);
  }

  // Move plotly's own markers.
  function moveMarks({ trace, names }, xaxis, yaxis) {
    const { uid, x } = plot._fullData[trace];
    plot.querySelectorAll(`.scatterlayer .trace${uid} .point`).forEach((mark, i) => {
      mark.setAttribute("transform", `translate(${xaxis.c2p((values[names.x] ?? x)[i])},${yaxis.c2p(values[names.y][i])})`);
    });
  }

  return { fill, drawn, move, place, syncAll, syncScenes, clear, forget };
}
