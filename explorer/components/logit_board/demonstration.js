// Once in a visit, a slider moves by itself and back, to show that it can be moved.
const AFTER = 1000; // milliseconds
const LASTS = 2400;
const HEIGHT = 3;
const TOUCHES = ["pointerdown", "keydown", "wheel"];

let isOver = false;

// move(by) shows it moved by `by`, and at last by 0. Whatever is touched ends it, and it does not begin where less motion
// is wished for. Returns what breaks it off without a last move.
export function demonstrate(move) {
  if (isOver || matchMedia("(prefers-reduced-motion: reduce)").matches) return () => {};
  let frame = null;
  let begun = null;
  let timer = setTimeout(begin, AFTER);

  function begin() {
    // What moves with it is still to be drawn.
    if (document.querySelector(".xf:not([data-drawn])")) timer = setTimeout(begin, AFTER / 4);
    else frame = requestAnimationFrame(step);
  }

  function step(now) {
    isOver = true;
    begun ??= now;
    const share = (now - begun) / LASTS;
    if (share >= 1) return end();
    move(Math.round(10 * HEIGHT * Math.sin(Math.PI * share) ** 2) / 10); // as a slider's steps are
    frame = requestAnimationFrame(step);
  }

  function end() {
    isOver = true;
    breakOff();
    if (begun !== null) move(0);
  }

  function breakOff() {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    for (const touch of TOUCHES) document.removeEventListener(touch, end, true);
  }

  for (const touch of TOUCHES) document.addEventListener(touch, end, { capture: true, passive: true });
  return breakOff;
}
