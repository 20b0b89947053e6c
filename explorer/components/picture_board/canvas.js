// The picture, enlarged, to paint on with a pointer or with the keyboard.
import { element } from "../shared/mount.js";
import { SIZE } from "./picture.js";

// paint(row, column) is called for the middle of each touch of the brush, done() when it is lifted.
export function paintable(parent, label, paint, done) {
  const frame = element("div", "xpb-frame", parent);
  const canvas = element("canvas", "xpb-picture", frame, {
    width: SIZE, height: SIZE, tabindex: 0, role: "application", "aria-label": label,
  });
  const cursor = element("i", "xpb-cursor", frame);
  let at = [16, 16];
  let before = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const inside = (value) => Math.min(SIZE - 1, Math.max(0, Math.floor(value * SIZE)));
    return [inside((event.clientY - box.top) / box.height), inside((event.clientX - box.left) / box.width)];
  };
  const show = () => {
    cursor.style.top = `${((at[0] - 1) / SIZE) * 100}%`;
    cursor.style.left = `${((at[1] - 1) / SIZE) * 100}%`;
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    before = place(event);
    paint(...before, event.timeStamp);
  };
  canvas.onpointermove = (event) => {
    at = place(event);
    show();
    if (!before) return;
    // A quick stroke skips pixels: paint the straight line to where it is now.
    const steps = Math.max(1, Math.abs(at[0] - before[0]), Math.abs(at[1] - before[1]));
    for (let step = 1; step <= steps; step += 1) {
      const [row, column] = at.map((end, i) => Math.round(before[i] + ((end - before[i]) * step) / steps));
      paint(row, column, event.timeStamp);
    }
    before = at;
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (before) done();
    before = null;
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
  return (picture) => draw(canvas, (i) => [picture[3 * i], picture[3 * i + 1], picture[3 * i + 2]]);
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
