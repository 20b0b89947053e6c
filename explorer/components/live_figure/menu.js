// The menu of a figure: image, SVG, numbers, code.
import { element } from "../shared/mount.js";

// syncPlotly() has plotly draw what the visitor sees, where something else drew it in its place.
export function figureMenu(root, plot, syncPlotly) {
  const button = element("button", "xf-more", root, { type: "button", text: "⋯", "aria-haspopup": "menu" });
  const list = element("div", "xf-menu", root, { role: "menu" });
  const dialog = element("dialog", "xf-code", root);
  let data = null;
  const entries = {
    png: () => save("png"),
    svg: () => save("svg"),
    csv: () => download(`${data.name}.csv`, csv(plot._fullData)),
    code: () => dialog.showModal(),
  };
  const items = Object.fromEntries(
    Object.entries(entries).map(([name, act]) => {
      const item = element("button", "", list, { type: "button", role: "menuitem" });
      item.onclick = () => {
        open(false);
        button.focus();
        syncPlotly();
        act();
      };
      return [name, item];
    }),
  );
  const source = element("pre", "", dialog);
  const row = element("div", "xf-row", dialog);
  const copy = element("button", "", row, { type: "button" });
  const close = element("button", "", row, { type: "button" });
  copy.onclick = () => {
    // Without HTTPS there is no clipboard, so the text is selected to be copied by hand.
    getSelection().selectAllChildren(source);
    navigator.clipboard?.writeText(data.code);
  };
  close.onclick = () => dialog.close();
  button.onclick = () => open(list.hidden);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    open(false);
    button.focus();
  });
  root.addEventListener("focusout", (event) => !root.contains(event.relatedTarget) && open(false));
  open(false);
  button.hidden = true;

  function open(shown) {
    list.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
  }

  function save(format) {
    const { width, height } = plot.getBoundingClientRect();
    const scale = format === "png" ? 2 : 1;
    window.Plotly.downloadImage(plot, { format, width, height, scale, filename: data.name });
  }

  // Set the figure that was drawn; before that there is nothing to save.
  function update(next) {
    data = next;
    button.hidden = false;
    button.setAttribute("aria-label", data.words.menu);
    button.title = data.words.menu;
    for (const [name, item] of Object.entries(items)) item.textContent = data.words[name];
    items.code.hidden = !data.code;
    source.textContent = data.code;
    copy.textContent = data.words.copy;
    close.textContent = data.words.close;
  }

  return { update, focus: () => button.focus() };
}

function download(name, text) {
  const link = element("a", "", null, { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// One line for each point: the trace's name, x, y and, if there is one, z. If a trace is drawn from other values than it
// shows (a logarithm, a code), its `meta` names the attribute with the values shown.
export function csv(traces) {
  const quote = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));
  const lines = [["trace", "x", "y", "z"]];
  for (const trace of traces.filter(({ mode }) => mode !== "none")) {
    const { name = "", x = [], y = [] } = trace;
    const z = trace[trace.meta?.shows ?? "z"];
    if (z && z[0]?.length !== undefined) {
      z.forEach((row, i) => Array.from(row).forEach((value, j) => lines.push([name, x[j] ?? j, y[i] ?? i, value])));
    } else {
      const length = Math.max(x.length, y.length);
      for (let i = 0; i < length; i += 1) lines.push([name, x[i] ?? i, y[i], z?.[i]]);
    }
  }
  return lines.map((line) => line.map(quote).join(",")).join("\r\n");
}
