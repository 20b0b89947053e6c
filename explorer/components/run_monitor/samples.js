// Images, and the model's prediction for each: a bar for each class, in its colour.
import { softmax } from "../shared/losses.js";
import { element } from "../shared/mount.js";
import { fill, number } from "../shared/notation.js";

// `labels`: the true classes. `persist` retries what fails. Returns show(logits), which returns the number of correct
// predictions, and take(sprite), where sprite() is the address of the images, one below the other, or a promise of it.
export function samples(parent, { labels, classes, colours, words }, persist) {
  const grid = element("div", "xrm-samples", parent);
  grid.style.setProperty("--rows", Math.ceil(labels.length / 2));
  const cards = labels.map((label, place) => {
    const card = element("figure", "xrm-card", grid);
    const image = element("div", "xrm-image", card, { role: "img", "aria-label": classes[label] });
    image.style.backgroundSize = `100% ${100 * labels.length}%`;
    image.style.backgroundPosition = `0 ${(100 * place) / Math.max(1, labels.length - 1)}%`;
    const chart = element("div", "xrm-bars", card, { role: "img" });
    chart.style.setProperty("--classes", classes.length);
    const bars = classes.map((name, k) => {
      const bar = element("i", k === label ? "xrm-true" : "", chart, { title: name });
      bar.style.setProperty("--xb-colour", colours[k]);
      return bar;
    });
    const caption = element("figcaption", "", card);
    element("b", "", caption, { text: classes[label] });
    const verdict = element("span", "", caption);
    return { card, image, chart, bars, verdict, label };
  });
  let taken = null;
  const legend = element("ul", "xrm-legend", parent, { "aria-hidden": "true" });
  classes.forEach((name, k) => {
    element("i", "", element("li", "", legend, { text: name })).style.background = colours[k];
  });

  function take(sprite) {
    if (sprite === taken) return;
    taken = sprite;
    persist(grid, async () => {
      const address = await sprite();
      for (const { image } of cards) image.style.backgroundImage = `url("${address}")`;
    });
  }

  function show(logits) {
    let right = 0;
    cards.forEach(({ card, chart, bars, verdict, label }, place) => {
      const p = softmax(logits[place]);
      const best = p.indexOf(Math.max(...p));
      const hit = best === label;
      right += hit;
      card.classList.toggle("xrm-right", hit);
      bars.forEach((bar, k) => {
        bar.style.setProperty("--p", Number.isFinite(p[k]) ? p[k] : 0);
        bar.title = `${classes[k]} ${number(p[k], 3)}`;
      });
      const values = { name: classes[best] ?? "?", percent: number(100 * p[best], 0) };
      verdict.title = verdict.textContent = Number.isFinite(p[best]) ? fill(hit ? words.right : words.wrong, values) : "nan";
      const largest = p.map((value, k) => [value, k]).sort(([a], [b]) => b - a).slice(0, 3);
      chart.setAttribute("aria-label", largest.map(([value, k]) => `${classes[k]} ${number(value, 3)}`).join(", "));
    });
    return right;
  }

  return { show, take };
}
