// A link to a place on a page, as /glossary#nat. Streamlit goes there before the style sheets and the formulas have come,
// which move it away again. So the page goes there whenever its height changes, until the visitor does something.
if (location.hash) {
  const goThere = () => document.getElementById(location.hash.slice(1))?.scrollIntoView();
  const observer = new ResizeObserver(goThere);
  observer.observe(document.querySelector(".stMainBlockContainer"));
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(act, () => observer.disconnect(), { once: true, capture: true });
  }
}
