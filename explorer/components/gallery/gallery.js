// Test images as buttons, each with its true and its predicted class; a click opens one.
import { SharedState, element, defineComponent } from "../shared/mount.js";
import { number } from "../shared/notation.js";

const GRIDS = [[2, 2], [2, 3], [3, 4], [4, 6]]; // columns and rows: few tiles are larger

export default defineComponent(import.meta.url, (root, first) => {
  const state = new SharedState(first.state);
  const instance = { update, state };
  root.className = "xb xg";

  function update(data) {
    state.receive(data.state);
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.sample : null;
    root.replaceChildren();
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", data.words.gallery);
    const [columns, rows] = GRIDS.find(([columns, rows]) => data.tiles.length <= columns * rows) ?? GRIDS.at(-1);
    root.style.setProperty("--columns", columns);
    root.style.setProperty("--rows", rows);
    data.tiles.forEach((tile, place) => {
      const button = build(data, tile, place);
      if (button.dataset.sample === focused) button.focus({ preventScroll: true });
    });
  }

  function build({ tiles, sprite, classes, colours, chosen, words }, tile, place) {
    const { sample, label, predicted, probabilities, text } = tile;
    const right = predicted === label;
    const button = element("button", `xb-shows ${right ? "xg-right" : "xg-wrong"}`, root, {
      type: "button",
      "aria-pressed": sample === chosen,
      "data-sample": sample,
    });
    const said = (right ? words.right : words.wrong).replace("@true", classes[label]).replace("@predicted", classes[predicted]);
    button.setAttribute("aria-label", [words.picture.replace("@i", sample), said, text].join(" · "));
    button.title = button.getAttribute("aria-label");
    if (sprite) {
      const image = element("i", "xg-image", button);
      image.style.backgroundImage = `url("${sprite}")`;
      image.style.backgroundSize = `100% ${100 * tiles.length}%`;
      image.style.backgroundPosition = `0 ${(100 * place) / Math.max(1, tiles.length - 1)}%`;
    } else {
      const bars = element("i", "xg-bars", button);
      probabilities.forEach((p, k) => {
        const bar = element("i", k === label ? "xg-true" : "", bars, { title: `${classes[k]} ${number(p, 3)}` });
        bar.style.setProperty("--p", p);
        bar.style.setProperty("--xb-colour", colours[k]);
      });
    }
    const told = element("span", "xg-told", button);
    element("b", "", told, { text: classes[label] });
    element("span", "xg-verdict", told, { text: right ? "✓" : `✗ ${classes[predicted]}` });
    element("span", "xg-text", told, { text });
    button.onclick = () => {
      state.now.sample = sample;
      state.send();
    };
    return button;
  }

  return instance;
});
