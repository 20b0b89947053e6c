// The enlarged image, to paint on with a pointer or with the keyboard.
import { element } from "../shared/mount.js";
import { SLOP } from "../shared/touch.js";
import { SIZE } from "./image.js";

// paint(row, column) is called for the middle of each touch of the brush, done() when it is lifted. A finger that goes up
// or down scrolls the page until painting has begun, by a tap, a stroke to the side or the choice of a colour, and again
// after it has touched anything else. Returns show(image) and remove().
export function paintable(parent, label, paint, done) {
  const frame = element("div", "xpb-frame", parent);
  const canvas = element("canvas", "xpb-image", frame, {
    width: SIZE, height: SIZE, tabindex: 0, role: "application", "aria-label": label,
  });
  const cursor = element("i", "xpb-cursor", frame);
  let at = [16, 16];
  let before = null; // the pixel that the stroke has come to
  let begun = null; // where a finger came down of which it is not known yet whether it paints
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const inside = (value) => Math.min(SIZE - 1, Math.max(0, Math.floor(value * SIZE)));
    return [inside((event.clientY - box.top) / box.height), inside((event.clientX - box.left) / box.width)];
  };
  const show = () => {
    cursor.style.top = `${((at[0] - 1) / SIZE) * 100}%`;
    cursor.style.left = `${((at[1] - 1) / SIZE) * 100}%`;
  };
  const begin = (where, timeStamp) => {
    frame.classList.add("xpb-painting");
    [before, begun] = [where, null];
    paint(...before, timeStamp);
  };
  const elsewhere = ({ target, pointerType }) => {
    if (pointerType !== "touch" || target === canvas) return;
    frame.classList.toggle("xpb-painting", Boolean(parent.contains(target) && target.closest(".xpb-palette")));
  };
  document.addEventListener("pointerdown", elsewhere, true);
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    const paints = event.pointerType !== "touch" || frame.classList.contains("xpb-painting");
    if (paints) begin(place(event), event.timeStamp);
    else begun = { where: place(event), x: event.clientX, y: event.clientY };
  };
  canvas.onpointermove = (event) => {
    at = place(event);
    show();
    if (begun) {
      const [across, along] = [Math.abs(event.clientX - begun.x), Math.abs(event.clientY - begun.y)];
      if (across >= SLOP && across > along) begin(begun.where, event.timeStamp);
    }
    if (!before) return;
    // A quick stroke skips pixels: paint the straight line to where it is now.
    const steps = Math.max(1, Math.abs(at[0] - before[0]), Math.abs(at[1] - before[1]));
    for (let step = 1; step <= steps; step += 1) {
      const [row, column] = at.map((end, i) => Math.round(before[i] + ((end - before[i]) * step) / steps));
      paint(row, column, event.timeStamp);
    }
    before = at;
  };
  canvas.onpointerup = (event) => {
    if (begun) begin(begun.where, event.timeStamp);
    lift();
  };
  canvas.onpointercancel = () => lift();
  const lift = () => {
    if (before) done();
    before = begun = null;
  };
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  canvas.onkeydown = (event) => {
    if (event.key === " " || event.key === "Enter") {
      paint(...at, event.timeStamp);
      done();
    } else if (moves[event.key]) {
      at = at.map((value, i) => Math.min(SIZE - 1, Math.max(0, value + moves[event.key][i])));
      show();
    } else return;
    event.preventDefault();
  };
  show();
  return {
    show: (image) => draw(canvas, (i) => [image[3 * i], image[3 * i + 1], image[3 * i + 2]]),
    remove: () => document.removeEventListener("pointerdown", elsewhere, true),
  };
}

// colour(pixel) → [r, g, b] from 0 to 1.
export function draw(canvas, colour) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIZE, SIZE);
  for (let pixel = 0; pixel < SIZE * SIZE; pixel += 1) {
    const [r, g, b] = colour(pixel);
    image.data.set([255 * r, 255 * g, 255 * b, 255], 4 * pixel);
  }
  context.putImageData(image, 0, 0);
}
