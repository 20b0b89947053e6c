// On a phone the row of pages and that of a page's sections scroll sideways: the present one is brought into view once, so
// that a finger may then scroll as it likes; and again if it is made anew, or its size changes as a font arrives.
const PRESENT = [".st-key-pages [class*='-here'] a", ".st-key-head button[aria-checked=true]"];
const shown = PRESENT.map(() => null);
const sizes = new ResizeObserver((changed) => changed.forEach(({ target }) => center(target)));

export function bringIntoView() {
  PRESENT.forEach((selector, i) => {
    const node = document.querySelector(selector);
    if (node === shown[i]) return;
    if (shown[i]) sizes.unobserve(shown[i]);
    if (node) sizes.observe(node); // which also brings it into view
    shown[i] = node;
  });
}

function center(node) {
  for (let row = node.parentElement; row && !row.matches("[data-testid=stMain]"); row = row.parentElement) {
    if (row.scrollWidth <= row.clientWidth + 1) continue;
    const [one, all] = [node, row].map((it) => it.getBoundingClientRect());
    row.scrollLeft += one.left + one.width / 2 - all.left - all.width / 2;
  }
}
