// The plane of a figure, on which points are set, moved and removed. live_figure publishes where it is and what it shows:
// { root, left, top, width, height (pixels), x, y (the values at its ends) }.
import { element, subscribe } from "../shared/mount.js";
import { SLOP } from "../shared/touch.js";

const STEP = 0.1; // by which an arrow key moves a point, with Shift five times as far
const LONG = 600; // milliseconds after which a finger that rests on a point removes it

// What is done with points: set(x, y, timeStamp), move(i, x, y, timeStamp), nudge(i, dx, dy, timeStamp), drop(i, timeStamp),
// which returns whether it is gone, and release(). `reachable`: whether Tab comes to its points.
// Returns { draw(marks: [{ x, y, colours, name }]), focus(i), remove() }.
export function planeOf(name, { set, move, nudge, drop, release, words, reachable }) {
  const plane = element("div", "xop-plane", null, { role: "group", "aria-label": words.plane });
  const handles = [];
  let geometry = null;
  let marks = [];
  let held = null; // the point that is dragged: { i, dx, dy: from the pointer to its middle, moved, timer }
  let pressed = -1; // the point that was pressed last
  let begunOnPlane = false; // whether the last press began on the empty plane

  const stop = subscribe(name, (offered) => {
    geometry = offered;
    if (plane.parentElement !== geometry.root) geometry.root.append(plane);
    const { left, top, width, height } = geometry;
    plane.style.cssText = `left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px`;
    place();
  });

  const clamp = (share) => Math.min(1, Math.max(0, share));

  // The values at a place on the screen.
  function at(clientX, clientY) {
    const box = plane.getBoundingClientRect();
    const { x: [left, right], y: [bottom, top] } = geometry;
    return [
      left + clamp((clientX - box.left) / box.width) * (right - left),
      top + clamp((clientY - box.top) / box.height) * (bottom - top),
    ];
  }

  // Where a press began counts: lifting the finger that has removed a point would otherwise set one there again.
  plane.onpointerdown = (event) => (begunOnPlane = event.target === plane);
  plane.onclick = (event) => {
    if (event.target !== plane || !begunOnPlane) return;
    pressed = -1;
    set(...at(event.clientX, event.clientY), event.timeStamp);
  };

  function build(i) {
    const handle = element("button", "xop-point", plane, { type: "button", tabindex: reachable ? 0 : -1 });
    handle.onpointerdown = (event) => {
      if (event.button !== 0) return;
      handle.setPointerCapture(event.pointerId);
      const box = handle.getBoundingClientRect();
      const [dx, dy] = [box.left + box.width / 2 - event.clientX, box.top + box.height / 2 - event.clientY];
      const timer = event.pointerType === "touch" ? setTimeout(() => remove(i, event.timeStamp), LONG) : 0;
      held = { i, dx, dy, from: [event.clientX, event.clientY], moved: false, timer };
    };
    handle.onpointermove = (event) => {
      if (held?.i !== i) return;
      const { clientX, clientY } = event;
      if (!held.moved && Math.hypot(clientX - held.from[0], clientY - held.from[1]) < (held.timer ? SLOP : 3)) return;
      held.moved = true;
      clearTimeout(held.timer);
      move(i, ...at(clientX + held.dx, clientY + held.dy), event.timeStamp);
    };
    handle.onpointerup = handle.onpointercancel = () => {
      if (held?.i !== i) return;
      clearTimeout(held.timer);
      if (held.moved) release();
      held = null;
    };
    handle.onclick = () => (pressed = i);
    // The first of two clicks on the empty plane sets a point, which the second must not remove.
    handle.ondblclick = (event) => pressed === i && remove(i, event.timeStamp);
    handle.oncontextmenu = (event) => event.preventDefault(); // a finger that rests
    handle.onkeydown = (event) => {
      const far = event.shiftKey ? 5 * STEP : STEP;
      const [dx, dy] = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] }[event.key] ?? [0, 0];
      if (event.key === "Delete" || event.key === "Backspace") remove(i, event.timeStamp);
      else if (dx || dy) nudge(i, dx, dy, event.timeStamp);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    handle.onkeyup = (event) => event.key.startsWith("Arrow") && release();
    handle.onblur = release;
    return handle;
  }

  function remove(i, timeStamp) {
    held = null;
    pressed = -1;
    if (drop(i, timeStamp) && handles[i] === document.activeElement) focus(Math.max(0, i - 1));
  }

  function place() {
    while (handles.length > marks.length) handles.pop().remove();
    while (handles.length < marks.length) handles.push(build(handles.length));
    if (!geometry) return;
    const { x: [left, right], y: [bottom, top] } = geometry;
    marks.forEach(({ x, y, colours, name: label }, i) => {
      const { style } = handles[i];
      style.left = `${(100 * (x - left)) / (right - left)}%`;
      style.top = `${(100 * (y - top)) / (bottom - top)}%`;
      style.setProperty("--fill", colours[0]);
      style.setProperty("--rim", colours[1]);
      handles[i].setAttribute("aria-label", label);
    });
  }

  function draw(next) {
    marks = next;
    place();
  }

  // A new point has its handle with the next frame.
  const focus = (i) => requestAnimationFrame(() => requestAnimationFrame(() => handles[i]?.focus()));

  return {
    draw,
    focus,
    remove() {
      stop();
      clearTimeout(held?.timer);
      plane.remove();
    },
  };
}
