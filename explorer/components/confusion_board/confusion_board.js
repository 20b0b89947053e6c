// The number of images of each true class (row) with each predicted class (column), as buttons.
import { SharedState, element, defineComponent } from "../shared/mount.js";
import { whole } from "../shared/notation.js";

export default defineComponent(import.meta.url, (root, first) => {
  const state = new SharedState(first.state);
  const instance = { update, state };
  root.className = "xb xcm";

  function update({ state: received, counts, classes, colours, alt, words }) {
    state.receive(received);
    root.replaceChildren();
    const table = element("table", "", root, { "aria-label": alt });
    const head = element("tr", "", element("thead", "", table));
    element("th", "xcm-corner", head, { text: words.corner });
    classes.forEach((name, k) => header(element("th", "xcm-column", head, { scope: "col" }), name, colours[k]));
    const body = element("tbody", "", table);
    const mistakes = Math.max(...counts.flatMap((row, label) => row.filter((_, predicted) => predicted !== label)));
    counts.forEach((row, label) => {
      const line = element("tr", "", body);
      header(element("th", "xcm-row", line, { scope: "row" }), classes[label], colours[label]);
      const total = row.reduce((sum, count) => sum + count, 0);
      row.forEach((count, predicted) => {
        const data = element("td", label === predicted ? "xcm-right" : "", line);
        const button = element("button", "xb-shows", data, { type: "button", text: count ? whole(count) : "·" });
        button.disabled = count === 0;
        button.title = words.cell
          .replace("@true", classes[label])
          .replace("@predicted", classes[predicted])
          .replace("@count", whole(count))
          .replace("@total", whole(total));
        button.setAttribute("aria-label", button.title);
        // The most frequent mistake has the strongest tint. The tint follows the square root, so that rare ones can be seen.
        const share = count / (label === predicted ? total : mistakes);
        button.style.setProperty("--tint", `${count ? (65 * Math.sqrt(share)).toFixed(1) : 0}%`);
        button.onclick = () => {
          Object.assign(state.now, { part: "microscope", true: String(label), predicted: String(predicted), verdict: "all", at: 1, sample: -1 });
          state.send();
        };
      });
    });
  }

  function header(cell, name, colour) {
    const text = element("span", "", cell, { text: name });
    text.style.setProperty("--xb-colour", colour);
  }

  return instance;
});
