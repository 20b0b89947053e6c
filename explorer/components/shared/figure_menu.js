// The menu of a figure: image, SVG, numbers as a file or a table, code.
import { copyDialog } from "./copy_dialog.js";
import { csv } from "./figure_numbers.js";
import { figureTable } from "./figure_table.js";
import { element } from "./mount.js";

// Builds the menu in the corner of `root`. syncPlotly() has plotly draw what the visitor sees, where something else drew it
// in its place. update(data) tells what the figure is: { name: of its files, words, alt: said in words, code: "" if none }.
export function figureMenu(root, plot, syncPlotly = () => {}) {
  root.classList.add("xfm");
  const button = element("button", "xfm-more", root, { type: "button", text: "⋯", "aria-haspopup": "menu" });
  const list = element("div", "xfm-menu", root, { role: "menu" });
  const source = element("pre", "", null);
  const { dialog, name: nameButtons } = copyDialog(root, "xfm-code", source, () => data.code);
  const table = figureTable(root);
  let data = null;
  const entries = {
    png: () => save("png"),
    svg: () => save("svg"),
    csv: () => download(`${data.name}.csv`, csv(plot._fullData)),
    table: () => table.show(plot, data),
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
    nameButtons(data.words);
  }

  return { update, focus: () => button.focus() };
}

function download(name, text) {
  const link = element("a", "", null, { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
