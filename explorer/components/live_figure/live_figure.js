// A plotly figure that changes in place: the node, the camera, zoom and hover stay through every update.
import { element, mounting, subscribe } from "../shared/mount.js";
import { inTheme, loadPlotly, neutral } from "../shared/plotly.js";
import { figureMenu } from "./menu.js";

export default mounting(import.meta.url, (root) => {
  root.className = "xf";
  const plot = element("div", "", root);
  const menu = figureMenu(root, plot);
  const instance = { update, remove };
  let stopListening = () => {};
  let drawing = Promise.resolve();
  let shown = null;
  const resize = new ResizeObserver(() => {
    if (root.clientWidth && root.clientWidth !== plot._fullLayout.width) window.Plotly.Plots.resize(plot);
  });

  function update(data) {
    plot.style.minHeight = `${heightFor(data)}px`;
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", data.alt);
    menu.update(data);
    drawing = drawing.then(() => draw(data));
  }

  // A scene is as high as it is wide at most: what does not fit beside it would be cut off.
  function heightFor(data) {
    return /"type":"(surface|scatter3d|mesh3d)"/.test(data.figure) ? Math.min(data.height, root.clientWidth) : data.height;
  }

  async function draw(data) {
    const Plotly = await loadPlotly();
    if (!root.isConnected) return;
    const figure = inTheme(JSON.parse(data.figure), root);
    figure.layout.height = heightFor(data);
    figure.layout.autosize = true;
    // Whatever the visitor has turned or zoomed stays; a new `subject` is a new picture.
    figure.layout.uirevision = data.subject;
    if (shown?.subject === data.subject) keepCameras(figure.layout);
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

  // Plotly's own memory of a turned camera is lost when the plot has been resized.
  function keepCameras(layout) {
    for (const [name, scene] of Object.entries(plot._fullLayout)) {
      if (scene?._scene) layout[name] = { ...layout[name], camera: scene._scene.getCamera() };
    }
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
