// One product of the first convolution: the patch of each colour, its kernel, and what they sum to.
import { element } from "../shared/mount.js";
import { tint } from "./pixels.js";

const SIDE = 32;
const COLOURS = 3;

// So many digits, also of what is nearly 0: the numbers of a patch stand one below the other, and are added.
export const fixed = (value, places) => value.toFixed(places).replace(/^-(?=0\.0*$)/, "").replace("-", "−");
const digits = (value) => fixed(value, 3);

// The patch under the kernel with its upper left corner at row − padding, column − padding: 0 outside of the image.
export function patchAt(input, size, padding, row, column) {
  const values = [];
  for (let colour = 0; colour < COLOURS; colour += 1) {
    for (let i = 0; i < size * size; i += 1) {
      const [y, x] = [row - padding + Math.floor(i / size), column - padding + (i % size)];
      const isInside = y >= 0 && y < SIDE && x >= 0 && x < SIDE;
      values.push(isInside ? input[(colour * SIDE + y) * SIDE + x] : 0);
    }
  }
  return values;
}

// Builds the tables; returns show(patch, kernel, bias), which fills them.
export function productTables(parent, size, words) {
  const length = size * size;
  const block = (row) => {
    const grid = element("span", "xin-grid", row);
    grid.style.setProperty("--size", size);
    return Array.from({ length }, () => element("span", "", grid));
  };
  const rows = words.colours.map((name) => {
    const row = element("div", "xin-colour", parent);
    element("b", "", row, { text: name });
    const patch = block(row);
    element("i", "", row, { text: "⊙" });
    const kernel = block(row);
    element("i", "", row, { text: "→" });
    return { patch, kernel, sum: element("span", "xin-part", row) };
  });
  const total = element("p", "xin-total", parent, { role: "status" });
  return (patch, kernel, bias) => {
    const largest = [patch, kernel].map((values) => Math.max(...values.map(Math.abs), 1e-30));
    const sums = rows.map(({ patch: left, kernel: right, sum }, colour) => {
      let added = 0;
      for (let i = 0; i < length; i += 1) {
        const k = colour * length + i;
        added += patch[k] * kernel[k];
        [[left, patch, largest[0]], [right, kernel, largest[1]]].forEach(([cells, values, most]) => {
          cells[i].textContent = fixed(values[k], 2);
          cells[i].style.backgroundColor = tint((0.7 * values[k]) / most);
        });
      }
      sum.textContent = digits(added);
      return added;
    });
    const parts = [...sums, ...(bias ? [bias] : [])];
    const written = parts.map((part) => (part < 0 ? `(${digits(part)})` : digits(part))).join(" + ");
    total.innerHTML = `${written} = <b>${digits(parts.reduce((sum, part) => sum + part, 0))}</b>`;
  };
}
