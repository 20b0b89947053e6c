// The figure of the samples: the loss of each with the mean of all, and the ten terms of the chosen one, of which the
// indicator selects one.
import { softmaxLoss } from "../shared/losses.js";
import { element } from "../shared/mount.js";
import { number } from "../shared/notation.js";

const sub = (letter, i) => `<msub><mi>${letter}</mi>${i}</msub>`;
const mi = (letter) => `<mi>${letter}</mi>`;
const mn = (text) => `<mn>${text}</mn>`;
const paren = (inner) => `<mo stretchy="false">(</mo>${inner}<mo stretchy="false">)</mo>`;
const indicator = (i) => `<mn>1</mn>${paren(`${sub("y", i)}<mo>=</mo><mi>k</mi>`)}`;
const lnP = (i) => `<mi>ln</mi><mspace width="0.15em"/><mi>P</mi>${paren(`<mi>k</mi><mo>|</mo>${sub("x", i)}`)}`;
const math = (html) => `<math><mrow>${html}</mrow></math>`;

// choose(i, timeStamp) is called for a sample whose bar is clicked.
export function lossesAndTerms(parent, { words, classes, colours, most }, choose) {
  const losses = element("div", "xb xst-figure", parent);
  const terms = element("div", "xb xst-figure", parent);
  const lossHead = headed(losses);
  const termHead = headed(terms);
  const samples = Array.from({ length: most }, (_, i) => {
    const row = element("button", "xst-bar xst-loss", losses, { type: "button" });
    row.onclick = (event) => choose(i, event.timeStamp);
    return { ...barIn(row), mean: element("i", "xst-mean", row.querySelector(".xb-bar")) };
  });
  const classRows = classes.map((name, k) => {
    const row = element("div", "xst-bar xst-term", terms);
    row.style.setProperty("--xb-colour", colours[k]);
    return barIn(row, name);
  });
  const lossFoot = element("p", "xst-total", losses);
  const termFoot = element("p", "xst-total", terms);

  function headed(box) {
    const row = element("div", "xst-bar xb-head", box, { "aria-hidden": "true" });
    element("span", "", row);
    return element("span", "", row);
  }

  function barIn(row, name = "") {
    const label = element("span", "xst-label", row, { text: name });
    const factor = element("span", "xst-factor", row);
    const fill = element("div", "xb-fill", element("div", "xb-bar", row));
    return { row, label, factor, fill, text: element("span", "xb-number", row) };
  }

  function draw({ rows, row: chosen }, each, right, mean) {
    const largest = Math.max(...each, 1);
    samples.forEach(({ row, label, factor, fill, text, mean: mark }, i) => {
      row.hidden = i >= rows.length;
      if (row.hidden) return;
      row.style.setProperty("--xb-colour", colours[rows[i][0]]);
      row.classList.toggle("xst-chosen", i + 1 === chosen);
      row.title = words.choose.replace("@i", i + 1);
      label.textContent = `${i + 1} ${classes[rows[i][0]]}`;
      factor.textContent = right[i] ? "✓" : "✗";
      fill.style.transform = `scaleX(${each[i] / largest})`;
      text.textContent = number(each[i]);
      mark.style.left = `${(100 * mean) / largest}%`;
    });
    const [y, ...logits] = rows[chosen - 1];
    const all = classes.map((_, k) => softmaxLoss(logits, k));
    const longest = Math.max(...all, 1);
    classRows.forEach(({ row, factor, fill, text }, k) => {
      row.classList.toggle("xst-kept", k === y);
      factor.textContent = k === y ? "1 ×" : "0 ×";
      fill.style.transform = `scaleX(${all[k] / longest})`;
      text.textContent = number(-all[k]);
    });
    const i = mn(chosen);
    lossHead.innerHTML = `${words.loss} ${math(sub("L", mi("i")))}`;
    termHead.innerHTML = math(`${indicator(i)}<mo>×</mo>${lnP(i)}`);
    lossFoot.innerHTML = math(`<mi>L</mi><mo>=</mo><mfrac>${mn(1)}${mn(rows.length)}</mfrac><munder><mo>∑</mo>${mi("i")}</munder>${sub("L", mi("i"))}<mo>=</mo>${mn(number(mean))}`);
    termFoot.innerHTML = math(`${sub("L", i)}<mo>=</mo><mo>−</mo><munder><mo>∑</mo>${mi("k")}</munder>${indicator(i)}${lnP(i)}<mo>=</mo>${mn(number(each[chosen - 1]))}`);
    for (const box of [losses, terms]) box.style.setProperty("--rows", Math.max(rows.length, classes.length));
    losses.style.setProperty("--own", rows.length);
  }

  return { losses, terms, draw };
}
