// An image, and a table of its logits, probabilities and gradient, each number with a bar.
import { element, defineComponent } from "../shared/mount.js";
import { number } from "../shared/notation.js";

export default defineComponent(import.meta.url, (root) => {
  let shown; // undefined before the first
  root.className = "xb xsc";
  return { update };

  function update({ image, is_large, classes, colours, label, logits, probabilities, gradient, alt, words, follows }) {
    root.replaceChildren();
    root.classList.toggle("xsc-large", is_large);
    if (image) element("img", "xsc-image", root, { src: image, alt, width: 32, height: 32 });
    const table = element("table", "", root, { "aria-label": alt });
    const head = element("tr", "xb-head", element("thead", "", table));
    element("th", "", head, { scope: "col", text: words.class });
    for (const symbol of ["<msub><mi>f</mi><mi>k</mi></msub>", "<mi>P</mi><mo stretchy=\"false\">(</mo><mi>k</mi><mo stretchy=\"false\">)</mo>", "<mo>∂</mo><mi>L</mi><mo>/</mo><mo>∂</mo><msub><mi>f</mi><mi>k</mi></msub>"]) {
      element("th", "xb-number", head, { scope: "col" }).innerHTML = `<math>${symbol}</math>`;
    }
    const body = element("tbody", "", table);
    const farthest = Math.max(...logits.map(Math.abs), 1e-300);
    const predicted = logits.indexOf(Math.max(...logits));
    classes.forEach((name, k) => {
      const row = element("tr", k === label ? "xsc-true" : "", body);
      row.style.setProperty("--xb-colour", colours[k]);
      const title = element("th", "", row, { scope: "row" });
      element("i", "xsc-swatch", title);
      title.append(name);
      if (k === label) element("small", "", title, { text: words.true });
      if (k === predicted) element("small", "", title, { text: words.predicted });
      cell(row, number(logits[k], 2), logits[k] / farthest, true);
      cell(row, number(probabilities[k], 4), probabilities[k], false);
      cell(row, number(gradient[k], 4), gradient[k], true);
    });
    // Another image was opened in the gallery, which is above this card on a phone.
    if (follows !== null && shown !== undefined && shown !== follows) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      root.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "nearest" });
    }
    shown = follows;
  }

  // `share` from −1 to 1 is the length of the bar, from the middle if `signed`.
  function cell(row, text, share, signed) {
    const data = element("td", "xb-number", row, { text });
    const bar = element("i", "xsc-bar", data);
    const length = Math.abs(share) * (signed ? 50 : 100);
    bar.style.width = `${length}%`;
    bar.style.marginLeft = signed ? `${share < 0 ? 50 - length : 50}%` : "0";
  }
});
