// On a phone the row of pages and that of a page's sections scroll sideways: the present one is brought into view once, so
// that a finger may then scroll as it likes; and again if it is made anew, or a size in its row changes as a font arrives.
const ROWS = { ".st-key-pages": "[class*='-here'] a", ".st-key-head": "button[aria-checked=true]" };
const BESIDE = 40; // pixels, at most, that are seen of what is beside it
const shown = {};

function bringIntoView() {
  for (const [row, present] of Object.entries(ROWS)) {
    const node = document.querySelector(`${row} ${present}`);
    if (node === shown[row]?.node) continue;
    shown[row]?.sizes.disconnect();
    shown[row] = node && { node, sizes: new ResizeObserver(revealer(node, node.closest(row))) };
    // An observer reports each node once when it begins, which also brings the present one into view.
    for (const one of node?.closest(row).querySelectorAll("a, button") ?? []) shown[row].sizes.observe(one);
  }
}

// No further than needed from where the row was: what sizes it had on the way there leaves no trace.
function revealer(node, row) {
  const from = row.scrollLeft;
  return () => {
    row.scrollLeft = from;
    const [one, all] = [node, row].map((it) => it.getBoundingClientRect());
    const beside = Math.max(0, Math.min(BESIDE, (all.width - one.width) / 2));
    row.scrollLeft += Math.max(0, one.right + beside - all.right);
    row.scrollLeft -= Math.max(0, all.left + beside - node.getBoundingClientRect().left);
  };
}

// Streamlit may draw a row after the last of our components, or change only which of it is the present one.
new MutationObserver(bringIntoView).observe(document.body, {
  subtree: true,
  childList: true,
  attributeFilter: ["class", "aria-checked"],
});
bringIntoView();
