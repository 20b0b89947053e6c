// What each class has of p and of q, and what it adds to H(p,q) and to D_KL(p‖q).
import { withoutRoundings } from "../shared/losses.js";
import { element } from "../shared/mount.js";
import { CLOSE, OPEN, number } from "../shared/notation.js";
import { colouredRow } from "../shared/rows.js";

const sub = (letter) => `<msub><mi>${letter}</mi><mi>k</mi></msub>`;
const thin = "<mspace width='0.15em'/>";
const LOGARITHM = { nats: `${thin}<mi>ln</mi>${thin}`, bits: `${thin}<msub><mi>log</mi><mn>2</mn></msub>${thin}` };
const math = (...parts) => `<math><mrow>${parts.join("")}</mrow></math>`;

export function termRows(parent, { classes, colours }) {
  const box = element("div", "xb xdb-terms", parent);
  box.style.setProperty("--xdb-count", classes.length);
  const head = element("div", "xdb-term-row xb-head", box, { "aria-hidden": "true" });
  element("span", "", head);
  element("span", "", head).innerHTML = math(sub("p"), "<mo>,</mo><mspace width='0.3em'/>", sub("q"));
  const [headTerm, headOwn] = [0, 1].map(() => element("span", "xb-number", head));
  const rows = classes.map((name, k) => {
    const row = colouredRow(box, "xdb-term-row", colours[k]);
    row.dataset.term = `p${k} q${k}`;
    element("span", "xdb-class", row, { text: name });
    const cell = element("div", "xdb-pair", row);
    const pair = element("div", "xdb-bars", cell);
    const [barP, barQ] = ["xdb-bar-p", "xdb-bar-q"].map((name) => element("div", "xb-fill", element("div", `xb-bar ${name}`, pair)));
    const [text, term, own] = [cell, row, row].map((place) => element("span", "xb-number", place));
    return { barP, barQ, text, term, own };
  });

  // costs: −p ln q of each class; scale: from nats to the unit.
  function draw(p, q, costs, scale, unit) {
    headTerm.innerHTML = math("<mo>−</mo>", sub("p"), LOGARITHM[unit], sub("q"));
    headOwn.innerHTML = math(sub("p"), LOGARITHM[unit], OPEN, sub("p"), "<mo>/</mo>", sub("q"), CLOSE);
    rows.forEach(({ barP, barQ, text, term, own }, k) => {
      barP.style.transform = `scaleX(${p[k]})`;
      barQ.style.transform = `scaleX(${q[k]})`;
      text.textContent = number(q[k]);
      term.textContent = number(costs[k] * scale);
      const share = p[k] > 0 ? withoutRoundings(p[k] * Math.log(p[k]) + costs[k], costs[k]) : 0;
      own.textContent = number(share * scale);
    });
  }

  return { box, draw };
}
