// The layers of a model as a table that opens: name, shape of the output, and number of trained weights. A kind of layer that no
// page explains is explained in its first row.
import { element } from "../shared/mount.js";
import { whole } from "../shared/notation.js";

// Returns { show(rows) }; hidden until then.
export function layers(parent, words) {
  const root = element("details", "xrm-layers", parent, { hidden: "" });
  element("summary", "", root, { text: words.layers });
  const table = element("table", "", root);

  function show(rows) {
    if (!root.hidden) return;
    root.hidden = false;
    const said = new Set();
    for (const [name, shape, parameters] of rows) {
      const row = element("tr", "", table);
      const named = element("td", "", row, { text: name });
      if (words.layer_says[name] && !said.has(name)) element("small", "", named, { text: words.layer_says[name] });
      said.add(name);
      element("td", "", row, { text: [shape].flat().join(" × ") });
      element("td", "", row, { text: parameters ? whole(parameters) : "–" });
    }
  }

  return { show };
}
