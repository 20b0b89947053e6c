// A plotly figure that changes in place: node, camera, zoom and hover are kept in every update.
import { complete } from "../shared/host.js";
import { element, defineComponent, publish, sharedWords, subscribe } from "../shared/mount.js";
import { figureMenu } from "../shared/figure_menu.js";
import { hasWebGL, inTheme, keepCameras, loadPlotly, neutral } from "../shared/plotly.js";
import { printable } from "../shared/printing.js";
import { viewOf } from "../shared/view.js";
import { following } from "./followers.js";

const whenIdle = window.requestIdleCallback ?? ((act) => setTimeout(act, 50));
const LOW = 300; // pixels: a plot that is lower has no room for a long legend,
const MANY = 4; // that is one of more names than this
const WIDE = 450; // pixels: the width of a scene with room for all ticks
const TICK_LABELS = { width: 72, height: 34 }; // pixels of a scene
const LOWER = -0.12; // how far a narrow scene's camera is lowered, to leave room for the axis titles
const SIDEWAYS = 0.12; // how far that of a scene that is higher than wide is moved, for the vertical axis at the left

const isScene = ({ figure }) => /"type":"(surface|scatter3d)"/.test(figure);

export default defineComponent(import.meta.url, (root) => {
  root.className = "xf";
  const plot = element("div", "", root);
  const room = element("div", "xf-room", root); // as high as the stage lets the figure be, if it is on one
  const note = element("p", "xf-note", root, { role: "status", hidden: "" });
  const instance = { update, remove };
  let latest = null; // the data that came last
  let shown = null; // the data that is drawn,
  let colours = null; // and the colours in which it is
  let seen = null; // the subject, and how often its view was reset
  let resets = 0;
  let drawing = Promise.resolve();
  let board = null; // the one whose values the figure shows
  let awaited = false; // whether its values are not published yet
  let stopListening = () => {};
  const followers = following(root, plot);
  const menu = figureMenu(root, plot, followers.syncAll);
  const view = viewOf(root, plot, () => {
    menu.focus();
    resets += 1;
    return redraw(latest);
  });
  const stopPrinting = printable(plot, () => {
    if (shown && colours !== neutral(root)) drawing = drawing.then(() => draw(latest));
    return drawing;
  });
  const resize = new ResizeObserver(() => {
    if (!root.clientWidth || !shown) return;
    const { width, height } = plot._fullLayout;
    if (root.clientWidth === width && heightFor(latest) === height) return;
    plot.style.minHeight = plot.style.height = `${heightFor(latest)}px`; // else plotly takes what is drawn for its room
    keepCameras(plot);
    window.Plotly.Plots.resize(plot).then(() => (plot.style.height = ""));
  });

  function update(data) {
    if (!shown) plot.style.minHeight = `${heightFor(data)}px`;
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", data.alt);
    latest = data;
    listen(data.follow?.board);
    return next(() => show(data));
  }

  function listen(name) {
    if (name === board) return;
    board = name;
    stopListening();
    followers.forget(); // the values of other samples must not be drawn here
    stopListening = board ? subscribe(board, hear) : () => {};
  }

  function hear(values) {
    followers.move(values);
    if (!awaited) return;
    awaited = false;
    redraw(latest);
  }

  const redraw = (data) => instance.persist(root.parentElement, () => next(() => draw(data)));

  // Draw after the present drawing is done. If plotly failed to draw a figure, it is drawn from scratch the next time.
  function next(act) {
    const done = drawing.then(act);
    drawing = done.catch(() => {
      shown = seen = null;
      followers.clear();
      window.Plotly?.purge(plot);
    });
    return done;
  }

  // What moves with a board is not in Python's figure: if nothing else has changed, everything is drawn already.
  function show(data) {
    const all = ({ figure, follow, subject, height }) => JSON.stringify([figure, follow, subject, height]);
    if (!shown || all(shown) !== all(data) || colours !== neutral(root)) return draw(data);
    followers.syncScenes();
    showing(data);
    whenIdle(() => shown === data && followers.syncAll());
  }

  // Say where the plane is, to those who lay points on it.
  function offerPlane() {
    const { xaxis, yaxis } = plot._fullLayout ?? {};
    if (!latest.plane || !xaxis) return;
    const { _offset: left, _length: width, range: x } = xaxis;
    const { _offset: top, _length: height, range: y } = yaxis;
    publish(latest.plane, { root, left, top, width, height, x, y });
  }

  function showing(data) {
    shown = data;
    offerPlane();
    menu.update(data);
    root.dataset.drawn = String(Number(root.dataset.drawn ?? 0) + 1);
  }

  // A scene is at most as high as it is wide; otherwise its sides would be cut off.
  function heightFor(data) {
    const height = room.offsetHeight || data.height;
    return isScene(data) ? Math.min(height, root.clientWidth) : height;
  }

  async function draw(data) {
    const Plotly = await loadPlotly();
    if (!shown) await complete(); // what stands beside a figure decides on its room, by which a scene is seen from afar
    if (!root.isConnected) return;
    const isLacking = isScene(data) && !hasWebGL();
    note.hidden = !isLacking;
    plot.hidden = isLacking;
    if (isLacking) {
      note.textContent = sharedWords().no_webgl;
      root.dataset.drawn = "0";
      return;
    }
    const figure = inTheme(JSON.parse(data.figure), root);
    awaited = !followers.fill(figure.data, data.follow);
    if (awaited) return;
    colours = neutral(root);
    figure.layout.height = heightFor(data);
    plot.style.minHeight = `${figure.layout.height}px`; // the figure may now share its room with others
    figure.layout.autosize = true;
    // The visitor's camera and zoom are kept; with a new `subject` they are reset.
    figure.layout.uirevision = `${resets} ${data.subject}`;
    const anew = seen !== figure.layout.uirevision;
    seen = figure.layout.uirevision;
    stepBack(figure.layout);
    // A long legend would leave a low plot no room; a page with so many colours has their names beside its sliders.
    const names = figure.data.filter(({ showlegend }) => showlegend !== false);
    if (figure.layout.height < LOW && names.length > MANY) figure.layout.showlegend = false;
    if (!anew) takeCameras(figure.layout);
    await Plotly.react(plot, figure.data, figure.layout, {
      displaylogo: false,
      displayModeBar: false,
      plotGlPixelRatio: Math.min(2, Math.max(1, window.devicePixelRatio)), // plotly's own 2 is four times the pixels
    });
    if (!root.isConnected) return;
    if (!shown) {
      resize.observe(root);
      plot.on("plotly_afterplot", () => {
        followers.place();
        offerPlane();
      });
      view.watch();
    }
    showing(data);
    view.drawn(anew, data.group);
    followers.drawn(data.follow);
  }

  // Tick labels do not shrink with the scene: in a small one they would be cut off, in a narrow one those of the vertical
  // axis first. So step back, and use fewer and smaller ticks.
  function stepBack(layout) {
    const high = layout.height - (layout.margin?.t ?? 0);
    const type = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // larger in a presentation
    const [width, height] = [root.clientWidth - type * TICK_LABELS.width, high - type * TICK_LABELS.height];
    for (const scene of Object.values(layout).filter((part) => part?.camera?.eye)) {
      const { eye, center } = scene.camera;
      if (root.clientWidth < WIDE) {
        for (const axis of ["xaxis", "yaxis", "zaxis"]) {
          scene[axis] = { ...scene[axis], nticks: 5, tickfont: { size: 10 * type }, title: { ...scene[axis]?.title, font: { size: 12 * type } } };
        }
      } else if (type > 1) {
        // Plotly draws the ticks of a scene larger than the axes' titles.
        for (const axis of ["xaxis", "yaxis", "zaxis"]) scene[axis] = { ...scene[axis], tickfont: { size: 11 * type } };
      }
      const farther = Math.max(1, high / Math.min(width, height));
      const left = width < height ? SIDEWAYS / Math.hypot(eye.x, eye.y) : 0;
      const [x, y, z] = [eye.y * left, -eye.x * left, root.clientWidth < WIDE ? LOWER : 0];
      scene.camera.eye = { x: farther * eye.x + x, y: farther * eye.y + y, z: farther * eye.z + z };
      scene.camera.center = { x: (center?.x ?? 0) + x, y: (center?.y ?? 0) + y, z: (center?.z ?? 0) + z };
    }
  }

  // A new layout has to contain the visitor's cameras.
  function takeCameras(layout) {
    for (const [name, scene] of Object.entries(plot._fullLayout)) {
      if (scene?._scene) layout[name] = { ...layout[name], camera: scene._scene.getCamera() };
    }
  }

  function remove() {
    stopListening();
    view.remove();
    stopPrinting();
    resize.disconnect();
    followers.clear();
    drawing.then(() => window.Plotly?.purge(plot));
  }

  return instance;
});
