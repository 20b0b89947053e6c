// One copy of plotly for all figures, loaded with the first of them, and the colours of the theme.
import { located } from "./host.js";
import { printing } from "./printing.js";

let plotly = null;

const afterNextFrame = (act) => (document.hidden ? act() : requestAnimationFrame(() => setTimeout(act)));

export function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = located(new URL("../plotly/plotly.min.js", import.meta.url));
    script.onload = script.onerror = () => {
      if (window.Plotly) return resolve(window.Plotly);
      plotly = null;
      script.remove();
      reject(new Error(`${script.src} could not be loaded`));
    };
    // The browser has the file already, and would show nothing else until it has run it: so the board comes first.
    afterNextFrame(() => document.head.append(script));
  });
  return plotly;
}

// Plotly stores the camera in the first layout that it gets, and would reset the camera when it draws a later one. To be
// called before plotly changes anything.
export function keepCameras(plot) {
  for (const part of Object.values(plot._fullLayout ?? {})) part?._scene?.saveLayout(plot.layout);
}

// Figures from Python name neutral colours ("var(--text)" …), which the theme defines.
export function inTheme(figure, root) {
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
  // In proportion to the page's type: 14 pixels where it has 16.
  const size = (14 / 16) * parseFloat(getComputedStyle(document.documentElement).fontSize);
  themed.layout.font = {
    ...themed.layout.font,
    size,
    color: colours["var(--text)"],
    family: getComputedStyle(root).getPropertyValue("--st-font").trim(),
  };
  return themed;
}

let known = { theme: "", colours: {} };

export function neutral(root) {
  const style = getComputedStyle(root);
  const whose = printing() ? "--paper" : "--st"; // those of paper: explorer/stage/print.css
  const theme = ["text", "background", "primary"].map((name) => style.getPropertyValue(`${whose}-${name}-color`).trim());
  // Mixing reads pixels, which takes milliseconds, and is therefore done once for each theme.
  if (theme.join() !== known.theme) known = { theme: theme.join(), colours: mixed(...theme) };
  return known.colours;
}

function mixed(text, ground, accent) {
  return {
    "var(--text)": text,
    "var(--quiet)": blend(text, ground, 0.65),
    "var(--line)": blend(text, ground, 0.16),
    "var(--ground)": ground,
    "var(--accent)": accent,
    "var(--faint)": blend(accent, ground, 0.35),
  };
}

// Plotly does not support color-mix().
function blend(over, under, share) {
  const channels = (colour) => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data;
  };
  const [a, b] = [channels(over), channels(under)];
  const mixed = [0, 1, 2].map((i) => Math.round(a[i] * share + b[i] * (1 - share)));
  return `rgb(${mixed.join(",")})`;
}

// Whether the browser draws scenes; some are told not to, and some machines cannot.
let webgl = null;

export function hasWebGL() {
  webgl ??= document.createElement("canvas").getContext("webgl") !== null;
  return webgl;
}
