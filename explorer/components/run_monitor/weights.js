// The first weights of a model as images: the template of each class for softmax regression, else the first filters.
import { element } from "../shared/mount.js";

const ACROSS = 5; // templates in a row of the sheet that the server sends

// Returns show(address of the sheet or a promise of it, whether it holds templates, the names of the classes).
export function weights(parent, words) {
  const root = element("figure", "xrm-weights", parent, { hidden: "" });
  const caption = element("figcaption", "", root);
  const sheet = element("img", "", root, { alt: "" });
  const grid = element("div", "xrm-templates", root);
  let templates = false;
  let names = [];
  sheet.onerror = () => (root.hidden = true); // a model without them
  sheet.onload = () => {
    root.hidden = false;
    sheet.hidden = templates;
    grid.hidden = !templates;
    caption.textContent = sheet.alt = templates ? words.templates : words.filters;
    if (templates) draw();
  };

  function draw() {
    while (grid.children.length < names.length) {
      const figure = element("figure", "", grid);
      element("div", "", figure);
      element("figcaption", "", figure, { text: names[grid.children.length - 1] });
    }
    const rows = Math.ceil(names.length / ACROSS);
    [...grid.children].forEach(({ firstChild: image }, k) => {
      image.style.backgroundImage = `url("${sheet.src}")`;
      image.style.backgroundSize = `${100 * ACROSS}% ${100 * rows}%`;
      image.style.backgroundPosition = `${(100 * (k % ACROSS)) / (ACROSS - 1)}% ${(100 * Math.floor(k / ACROSS)) / Math.max(1, rows - 1)}%`;
    });
  }

  return async function show(address, ofClasses, classes) {
    [templates, names] = [ofClasses, classes];
    sheet.src = await Promise.resolve(address).catch(() => "");
  };
}
