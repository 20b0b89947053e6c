// A plotly figure that changes in place: the node, the camera, zoom and hover stay through every update.
import { element, mounting, subscribe } from "../shared/mount.js";
import { figureMenu } from "./menu.js";

let plotly = null;

function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("../plotly.min.js", import.meta.url).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("plotly.min.js could not be loaded"));
    document.head.append(script);
  });
  return plotly;
}

export default mounting(import.meta.url, (root) => {
  root.className = "xf";
  const plot = element("div", "", root);
  const menu = figureMenu(root, plot);
  const instance = { update, remove };
  let stopListening = () => {};
  let drawing = Promise.resolve();
  let shown = null;
  const resize = new ResizeObserver(() => window.Plotly && shown && window.Plotly.Plots.resize(plot));

  function update(data) {
    plot.style.minHeight = `${data.height}px`;
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", data.alt);
    menu.update(data);
    drawing = drawing.then(() => draw(data));
  }

  async function draw(data) {
    const Plotly = await loadPlotly();
    if (!root.isConnected) return;
    const figure = inTheme(JSON.parse(data.figure), root);
    figure.layout.height = data.height;
    figure.layout.autosize = true;
    // Whatever the visitor has turned or zoomed stays; a new `subject` is a new picture.
    figure.layout.uirevision = data.subject;
    await Plotly.react(plot, figure.data, figure.layout, {
      displaylogo: false,
      displayModeBar: false,
    });
    if (!shown) {
      resize.observe(root);
      plot.on("plotly_afterplot", () => followers.place());
    }
    shown = data;
    stopListening();
    followers.set(data.follow);
    stopListening = data.follow ? subscribe(data.follow.board, followers.move) : () => {};
    followers.place();
    root.dataset.drawn = String(Number(root.dataset.drawn ?? 0) + 1);
  }

  // Points that move with a board in the same frame: circles over the plot, placed by plotly's own axes.
  const followers = {
    points: [],
    values: null,
    set(follow) {
      for (const point of this.points) point.circle?.remove();
      this.points = (follow?.points ?? []).map((point) => ({ ...point, circle: null }));
    },
    move: (values) => {
      followers.values = values;
      followers.place();
    },
    place() {
      const layout = plot._fullLayout;
      if (!this.values || !layout?.xaxis) return;
      const layer = plot.querySelector(".overplot") ?? plot.querySelector(".cartesianlayer");
      for (const point of this.points) {
        if (!point.circle?.isConnected) {
          point.circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
          point.circle.setAttribute("class", "xf-follower");
          point.circle.setAttribute("r", "7");
          point.circle.style.fill = neutral(root)[point.colour] ?? point.colour;
          layer.append(point.circle);
        }
        const { xaxis, yaxis } = layout;
        const x = xaxis._offset + xaxis.l2p(this.values[point.x]);
        const y = yaxis._offset + yaxis.l2p(this.values[point.y]);
        const inside =
          x >= xaxis._offset - 1 && x <= xaxis._offset + xaxis._length + 1 &&
          y >= yaxis._offset - 1 && y <= yaxis._offset + yaxis._length + 1;
        point.circle.style.display = inside ? "" : "none";
        if (inside) point.circle.setAttribute("transform", `translate(${x},${y})`);
      }
    },
  };

  function remove() {
    stopListening();
    resize.disconnect();
    drawing.then(() => window.Plotly?.purge(plot));
  }

  return instance;
});

// Python's figures name their neutral colours ("var(--text)" …); the theme says what those are.
function inTheme(figure, root) {
  const colours = neutral(root);
  const walk = (value) => {
    if (typeof value === "string") return colours[value] ?? value;
    if (Array.isArray(value)) return value.map(walk);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
    }
    return value;
  };
  const themed = walk(figure);
  themed.layout.font = {
    ...themed.layout.font,
    color: colours["var(--text)"],
    family: getComputedStyle(root).getPropertyValue("--st-font").trim(),
  };
  return themed;
}

function neutral(root) {
  const style = getComputedStyle(root);
  const st = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const text = st("text-color");
  const ground = st("background-color");
  return {
    "var(--text)": text,
    "var(--quiet)": blend(text, ground, 0.65),
    "var(--line)": blend(text, ground, 0.16),
    "var(--ground)": ground,
    "var(--accent)": st("primary-color"),
  };
}

// Plotly knows no color-mix().
function blend(over, under, share) {
  const channels = (colour) => {
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data;
  };
  const [a, b] = [channels(over), channels(under)];
  const mixed = [0, 1, 2].map((i) => Math.round(a[i] * share + b[i] * (1 - share)));
  return `rgb(${mixed.join(",")})`;
}
