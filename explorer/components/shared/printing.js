// Prints plots: in light colours, as wide as the paper, and with images of WebGL scenes, which would be blank in print.
// Everything has to be ready when the listener of "beforeprint" returns, or soon after, without another frame.
const plots = new Set();
let onPaper = false;

export const printing = () => onPaper;

// Prepare a plot for printing; redraw() draws it in the present colours, and returns a promise. Returns a function that
// undoes this.
export function printable(plot, redraw) {
  const entry = { plot, redraw };
  plots.add(entry);
  return () => plots.delete(entry);
}

addEventListener("beforeprint", prepare);
addEventListener("afterprint", restore);
matchMedia("print").addEventListener("change", ({ matches }) => (matches ? prepare() : restore()));

function prepare() {
  if (onPaper) return;
  onPaper = true;
  for (const { plot, redraw } of plots) redraw().then(() => onPaper && plot._fullLayout && fit(plot));
}

function restore() {
  if (!onPaper) return;
  onPaper = false;
  for (const { plot, redraw } of plots) {
    plot.querySelectorAll(".xp-scene").forEach((image) => image.remove());
    plot.querySelectorAll(".main-svg").forEach((drawing) => drawing.removeAttribute("viewBox"));
    redraw();
  }
}

// Let the style sheet shared.css scale a plot.
function fit(plot) {
  const { width, height } = plot._fullLayout;
  plot.style.setProperty("--xp-width", `${width}px`);
  plot.style.setProperty("--xp-ratio", `${width} / ${height}`);
  plot.querySelectorAll(".main-svg").forEach((drawing) => drawing.setAttribute("viewBox", `0 0 ${width} ${height}`));
  for (const part of Object.values(plot._fullLayout)) if (part?._scene?.glplot) photograph(part._scene.glplot, width);
}

// Put an image of a scene, in print resolution, beside its WebGL canvas.
function photograph(scene, width) {
  const { pixelRatio, canvas } = scene;
  scene.pixelRatio = Math.max(pixelRatio, Math.min(4, 1600 / width));
  scene.redraw();
  const image = document.createElement("canvas");
  [image.className, image.width, image.height] = ["xp-scene", canvas.width, canvas.height];
  image.getContext("2d").drawImage(canvas, 0, 0);
  canvas.after(image);
  scene.pixelRatio = pixelRatio;
}
