// H(p,q), and below it H(p) and D_KL(p‖q) end to end: the two bars are equally long whatever p and q are.
import { element } from "../shared/mount.js";
import { CLOSE, OPEN, number } from "../shared/notation.js";

const of = (name, inside) => `<mi>${name}</mi>${OPEN}${inside}${CLOSE}`;
const p = "<mi>p</mi>";
const q = "<mi>q</mi>";
const KL = "<msub><mi>D</mi><mtext>KL</mtext></msub>";
const FORMULAS = {
  cross_entropy: of("H", `${p}<mo>,</mo>${q}`),
  entropy: of("H", p),
  divergence: `${KL}${OPEN}${p}<mo stretchy="false">‖</mo>${q}${CLOSE}`,
  reverse: `${KL}${OPEN}${q}<mo stretchy="false">‖</mo>${p}${CLOSE}`,
  symmetric: `<mtext>JS</mtext>${OPEN}${p}<mo>,</mo>${q}${CLOSE}`,
};
const TOPS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export function bars(root, words, classes, compare) {
  const chart = element("div", "xdb-chart", root, { role: "group", "aria-label": words.bars });
  const lines = [["cross_entropy"], ["entropy", "divergence"], ...(compare ? [["reverse"], ["symmetric"]] : [])];
  const drawn = lines.map((names) => {
    const label = element("span", "xdb-label", chart);
    label.innerHTML = names
      .map((name) => `<i class="xdb-key xdb-${name}"></i><math>${FORMULAS[name]}</math>`)
      .join(" <span>+</span> ");
    const track = element("div", "xb-bar xdb-track", chart);
    const fills = names.map((name) => element("div", `xb-fill xdb-${name}`, track));
    return { names, fills, text: element("span", "xb-number", chart) };
  });
  // A distribution stands for the shares of all classes.
  for (const symbol of chart.querySelectorAll("mi")) {
    if (["p", "q"].includes(symbol.textContent)) symbol.dataset.term = classes.map((_, k) => symbol.textContent + k).join(" ");
  }
  element("span", "", chart);
  const axis = element("div", "xdb-axis xb-head", chart, { "aria-hidden": "true" });
  const ticks = [0, 0.5, 1].map(() => element("span", "", axis));
  const unitText = element("span", "xb-head xdb-unit", chart);

  function draw(values, scale, unit) {
    const finite = drawn.flatMap(({ names }) => names.map((name) => values[name] * scale)).filter(Number.isFinite);
    const needed = Math.max(...finite, ...(Number.isFinite(values.cross_entropy) ? [] : [values.entropy * scale * 1.5]));
    const top = TOPS.find((candidate) => candidate >= needed) ?? needed;
    for (const { names, fills, text } of drawn) {
      let start = 0;
      names.forEach((name, i) => {
        const end = Math.min(1, start + (values[name] * scale) / top);
        fills[i].style.transform = `translateX(${100 * start}%) scaleX(${end - start})`;
        fills[i].classList.toggle("xdb-endless", values[name] === Infinity);
        start = end;
      });
      text.textContent = names.map((name) => number(values[name] * scale)).join(" + ");
    }
    ticks.forEach((tick, i) => (tick.textContent = number((top * i) / 2, top < 2 ? 2 : 1).replace(/\.?0+$/, "") || "0"));
    unitText.textContent = unit;
  }

  return { draw };
}
