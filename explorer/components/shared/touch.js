// Sliders on touch screens. Normally a slider jumps to where a finger touches it, even if the finger only scrolls the page.
// Here it moves only once the finger moves sideways. The sliders of our boards are the browser's own; Streamlit's follow
// the pointer in their own way (stage/main.css lets the page scroll over them).
export const SLOP = 8; // pixels after which it is known where a finger goes
const OURS = ".xb input[type=range]";
const STREAMLITS = "[data-testid=stSlider]";

let finger = null; // { slider, before: its value, x, y, moves: null as long as that is not known }
let held = null; // the pointerdown event on one of Streamlit's sliders, until it is passed on

const listen = (kind, listener, passive = true) => document.addEventListener(kind, listener, { capture: true, passive });

// Whether a finger has moved sideways from x and y; null while that is not known.
function sideways({ clientX, clientY }, { x, y }) {
  const [across, along] = [Math.abs(clientX - x), Math.abs(clientY - y)];
  return Math.max(across, along) < SLOP ? null : across > along;
}

listen("touchstart", (event) => {
  if (held) event.stopImmediatePropagation();
  const { target, touches: [{ clientX: x, clientY: y }] } = event;
  finger = target.matches?.(OURS) ? { slider: target, before: target.value, x, y, moves: null } : null;
});

listen("touchmove", ({ touches: [touch] }) => {
  if (finger?.moves === null) finger.moves = sideways(touch, finger);
});

// A move by the browser itself is undone before any listener gets it.
for (const kind of ["input", "change"]) {
  listen(kind, (event) => {
    if (!finger || finger.moves || event.target !== finger.slider) return;
    event.stopImmediatePropagation();
    finger.slider.value = finger.before;
  });
}

listen("touchend", (event) => {
  if (held && event.cancelable) event.preventDefault();
  held = null;
  if (!finger) return;
  if (!finger.moves && event.cancelable) event.preventDefault(); // nor is a tap a click
  letGo();
}, false);

// The finger is used for something else, such as scrolling.
for (const kind of ["touchcancel", "pointercancel"]) {
  listen(kind, () => {
    if (!finger) return;
    const { slider, before, moves } = finger;
    slider.value = before;
    if (!moves) return letGo();
    finger = null;
    for (const kind of ["input", "change"]) slider.dispatchEvent(new Event(kind, { bubbles: true }));
  });
}

// The browser's remaining events for this finger come before the next task.
function letGo() {
  const gone = finger;
  setTimeout(() => finger === gone && (finger = null));
}

listen("pointerdown", (event) => {
  const comes = event.isTrusted && event.pointerType === "touch" && event.target.closest?.(STREAMLITS);
  if (event.isTrusted) held = comes ? event : null;
  if (comes) event.stopImmediatePropagation();
});

listen("pointermove", (event) => {
  if (event.pointerId !== held?.pointerId) return;
  const { target, clientX: x, clientY: y } = held;
  const moves = sideways(event, { x, y });
  if (moves === null) return;
  held = null;
  if (!moves) return;
  const { pointerId, pointerType, isPrimary, clientX, clientY } = event;
  const alike = { pointerId, pointerType, isPrimary, clientX, clientY, buttons: 1 };
  target.dispatchEvent(new PointerEvent("pointerdown", { ...alike, bubbles: true, cancelable: true, composed: true }));
});
