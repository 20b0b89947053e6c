// A row for each option, or each bar: its name, a number that is given, and the place where the answer is given.
import { element } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { barWithNumber, colouredRow, sliderWithField } from "../shared/rows.js";
import { chart } from "./chart.js";

const DIGITS = 2;

// The part of the way from `low` to `high` at which a value is, in percent.
const percent = (value, [low, high]) => (100 * (Math.min(high, Math.max(low, value)) - low)) / (high - low);

// The limits of a column of numbers, of which 0 is one at least.
const limits = (values) => [Math.min(0, ...values), Math.max(0, ...values)];

function place(node, [one, other]) {
  node.style.left = `${Math.min(one, other)}%`;
  node.style.width = `${Math.abs(one - other)}%`;
}

// A bar from 0, or from the end that is next to it; show(value).
function bar(parent, className, range) {
  const node = element("div", className, parent);
  return (value) => place(node, [percent(0, range), percent(value, range)]);
}

function givenNumber(row, values, k) {
  const cell = element("div", "xprd-given", row);
  const range = limits(values);
  const track = element("div", "xb-bar", cell);
  if (range[0] < 0) element("i", "xprd-zero", track).style.left = `${percent(0, range)}%`;
  bar(track, "xprd-fill", range)(values[k]);
  element("span", "xb-number", cell, { text: number(values[k], DIGITS) });
}

export function rows(root, data, move, done) {
  const { picture, names, colours, uncovered, others, words } = data;
  const isChoice = picture.kind === "choice";
  const table = element("div", "xprd-rows", root, { role: isChoice ? "radiogroup" : "group", "aria-label": words.board });
  table.classList.toggle("xprd-few", names.length <= 4);
  table.classList.toggle("xprd-with-given", Boolean(picture.given));
  table.classList.toggle("xprd-with-value", !isChoice || Boolean(uncovered?.then));
  const head = element("div", "xprd-row xb-head", table);
  element("span", "", head);
  if (picture.given) element("span", "", head, { text: words.given });
  if (!isChoice || uncovered?.then) element("span", "", head, { text: isChoice ? words.then : words.value });

  let current = null; // the answer that is drawn
  const change = (at, value) => move((current = current.map((old, i) => (i === at ? value : old))));

  const all = names.map((name, k) => {
    const row = colouredRow(table, `xprd-row${isChoice ? " xprd-option" : ""}`, colours[k]);
    const label = element(isChoice ? "label" : "span", "xprd-name", row);
    const parts = { row };
    if (isChoice) {
      parts.radio = element("input", "", label, { type: "radio", name: "xprd", value: k });
      parts.radio.disabled = Boolean(uncovered) || others.length > 0;
      parts.radio.onchange = () => {
        move([k]);
        done();
      };
      row.onclick = () => parts.radio.click(); // the whole row
      parts.radio.onclick = (event) => event.stopPropagation();
      label.onclick = (event) => event.stopPropagation();
    } else element("i", "xprd-swatch", label);
    element("span", "", label, { text: name });
    parts.mark = element("b", "xprd-mark", label);
    if (picture.given) givenNumber(row, picture.given, k);
    if (isChoice && uncovered?.then) {
      const values = uncovered.then;
      barWithNumber(row, "xprd-given")(`scaleX(${values[k] / Math.max(...values)})`, number(values[k], DIGITS));
    }
    if (isChoice && others.length) {
      const count = others.filter(([at]) => at === k).length;
      element("span", "xprd-votes", label, { text: count });
      row.style.setProperty("--xprd-share", count / others.length);
    }
    if (!isChoice) Object.assign(parts, valueCell(row, data, k, name, change, done));
    return parts;
  });

  if (isChoice && uncovered?.path) {
    const [x, y] = uncovered.path;
    const axes = { kind: "curve", at: x, low: Math.min(0, ...y), high: 1.05 * Math.max(...y), first: y[0], mark: null };
    chart(root, { ...data, picture: axes, others: [] }).truth(null);
  }

  return {
    answer(answer) {
      current = answer;
      all.forEach(({ row, radio, show }, k) => {
        if (isChoice) {
          radio.checked = answer?.[0] === k;
          row.classList.toggle("xprd-yours", radio.checked);
        } else show?.(answer[picture.asked.indexOf(k)]);
      });
    },
    truth(answer) {
      all.forEach(({ row, mark, uncover }, k) => {
        if (!isChoice) return uncover(answer[picture.asked.indexOf(k)], uncovered.then[k]);
        const isTrue = uncovered.truth[0] === k;
        row.classList.toggle("xprd-true", isTrue);
        mark.textContent = isTrue ? ` ✓ ${words.truth}` : answer?.[0] === k ? ` ✗ ${words.yours}` : "";
      });
    },
  };
}

// The bar of a row: dragged where it is asked for, else as it was before, or covered.
function valueCell(row, { picture, uncovered, others, words }, k, name, change, done) {
  const { low, high, asked, before, mark } = picture;
  const range = [low, high];
  const at = asked.indexOf(k);
  const cell = element("div", `xprd-value${at >= 0 ? " xprd-asked" : ""}`, row);
  const track = element("div", "xb-bar", cell);
  const zero = mark ?? (low < 0 ? 0 : null);
  if (zero !== null) element("i", "xprd-zero", track).style.left = `${percent(zero, range)}%`;
  if (before) bar(track, "xprd-before", range)(before[k]);
  const parts = {};
  if (uncovered) {
    const gap = element("i", "xprd-gap", track);
    const fill = bar(track, "xprd-fill xprd-moves", range);
    const tick = at >= 0 ? element("i", "xprd-tick", track, { title: words.yours }) : null;
    const said = element("span", "xb-number", cell);
    parts.show = (value) => fill(value ?? before?.[k] ?? 0);
    parts.uncover = (answer, truth) => {
      fill(truth);
      said.textContent = number(truth, DIGITS);
      if (!tick) return;
      place(gap, [percent(answer, range), percent(truth, range)]);
      tick.style.left = `${percent(answer, range)}%`;
    };
  } else if (at >= 0) {
    const fill = bar(track, "xprd-fill", range);
    const step = (high - low) / 200;
    const label = words.drag.replace("@", name);
    const slider = sliderWithField(cell, ["xprd-slider", ""], { label, min: low, max: high, step }, (value) => change(at, value), done);
    parts.show = (value) => {
      fill(value);
      slider(value);
    };
  } else {
    if (!before) element("span", "xprd-cover", track, { text: "?" });
    element("span", "xb-number", cell, { text: before ? number(before[k], DIGITS) : "" });
  }
  for (const other of at >= 0 ? others : []) element("i", "xprd-other", track).style.left = `${percent(other[at], range)}%`;
  return parts;
}
