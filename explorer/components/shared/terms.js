// What stands for the same quantity lights up together: a slider, and its terms in the formulas of the same page. Each
// such element names the quantities that it stands for, divided by spaces, in data-term.
function light({ target }) {
  const named = target.closest?.("[data-term]")?.dataset.term.split(" ") ?? [];
  for (const node of document.querySelectorAll(".xb-lit")) node.classList.remove("xb-lit");
  for (const name of named) {
    for (const node of document.querySelectorAll(`[data-term~="${name}"]`)) node.classList.add("xb-lit");
  }
}

for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, light);
