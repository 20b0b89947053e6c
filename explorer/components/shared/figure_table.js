// The numbers of a figure as a table in a dialog: arrow keys walk through its cells, and it is copied for a spreadsheet.
import { copyDialog } from "./copy_dialog.js";
import { rowsOf } from "./figure_numbers.js";
import { element } from "./mount.js";

const PAGE = 10; // rows
// Down and to the right.
const STEPS = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-PAGE, 0], PageDown: [PAGE, 0],
  Home: [0, -Infinity], End: [0, Infinity], "Ctrl+Home": [-Infinity, -Infinity], "Ctrl+End": [Infinity, Infinity],
};
const AXES = ["x", "y", "z"];

export function figureTable(root) {
  const place = element("div", "xfm-cells", null);
  let text = "";
  const { dialog, name } = copyDialog(root, "", place, () => text);
  dialog.onclose = () => place.replaceChildren();

  function show(plot, { words, alt }) {
    const rows = rowsOf(plot._fullData);
    const columns = [0, 1, 2, 3].filter((column) => column < 3 || rows.some((row) => row[column] !== undefined));
    const titles = [words.series, ...AXES.map((axis) => titleOf(plot._fullLayout, axis))];
    const shown = [columns.map((column) => titles[column]), ...rows.map((row) => columns.map((column) => row[column]))];
    text = shown.map((row) => row.map((value) => value ?? "").join("\t")).join("\n");
    const table = element("table", "", null, { role: "grid" });
    element("caption", "", table, { text: alt });
    const parts = [element("thead", "", table), element("tbody", "", table)];
    const cells = shown.map((row, i) => {
      const tr = element("tr", "", parts[Math.min(i, 1)]);
      const [tag, scope] = i ? ["td", {}] : ["th", { scope: "col" }];
      return row.map((value) => element(tag, "", tr, { text: short(value), tabindex: "-1", ...scope }));
    });
    table.onkeydown = (event) => walk(event, cells);
    cells[0][0].tabIndex = 0;
    name(words);
    place.replaceChildren(table);
    dialog.showModal();
    cells[0][0].focus();
  }

  return { show };
}

// One cell can be reached with the Tab key: the one that was reached last.
function walk(event, cells) {
  const step = STEPS[`${event.ctrlKey ? "Ctrl+" : ""}${event.key}`];
  if (!step) return;
  event.preventDefault();
  const within = (value, { length }) => Math.max(0, Math.min(length - 1, value));
  const from = cells.findIndex((row) => row.includes(event.target));
  const row = cells[within(from + step[0], cells)];
  const cell = row[within(cells[from].indexOf(event.target) + step[1], row)];
  event.target.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

function titleOf(layout, axis) {
  const title = (layout.scene ?? layout)[`${axis}axis`]?.title?.text;
  return title && !/^Click to enter/.test(title) ? title.replaceAll(/<[^>]*>/g, "") : axis;
}

// As many digits as can be read; what is copied has them all.
const short = (value) => (typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value ?? ""));
