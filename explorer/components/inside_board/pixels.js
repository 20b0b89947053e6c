// Arrays from base64, and small images of them on canvases.
import { element } from "../shared/mount.js";

const LEVELS = 127;
// Above and below 0; the nearer to it, the more the ground shows through.
const [ABOVE, BELOW] = [[231, 99, 0], [63, 144, 218]];

export function unpacked(text, Kind) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Kind(bytes.buffer);
}

// The colour of a number from −1 to 1, for a style sheet.
export const tint = (share) => `rgb(${(share < 0 ? BELOW : ABOVE).join(" ")} / ${Math.min(1, Math.abs(share))})`;

// A canvas of `width` × `height` pixels, whose colours are [r, g, b, a] of each.
function canvas(parent, width, height, colour, attributes) {
  const node = element("canvas", "xin-pixels", parent, { width, height, ...attributes });
  const context = node.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) image.data.set(colour(i), 4 * i);
  context.putImageData(image, 0, 0);
  return node;
}

// A map of whole numbers from −127 to 127.
export const signed = (parent, values, width, height, attributes = {}) =>
  canvas(parent, width, height, (i) => [...(values[i] < 0 ? BELOW : ABOVE), (255 * Math.abs(values[i])) / LEVELS], attributes);

export const grey = (parent, values, side, attributes = {}) =>
  canvas(parent, side, side, (i) => [values[i], values[i], values[i], 255], attributes);

// Let a pointer that is held, or the arrow keys, choose one of `rows` × `columns` places on `node`: choose(row, column) is
// called as it moves, done() when it rests. `at` returns the present one.
export function choosable(node, rows, columns, at, choose, done) {
  const inside = (value, most) => Math.min(most - 1, Math.max(0, value));
  const place = (event) => {
    const box = node.getBoundingClientRect();
    const [down, across] = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    choose(inside(Math.floor(down * rows), rows), inside(Math.floor(across * columns), columns), event.timeStamp);
  };
  node.onpointerdown = (event) => {
    node.setPointerCapture(event.pointerId);
    place(event);
  };
  node.onpointermove = (event) => event.buttons && place(event);
  node.onpointerup = done;
  node.onpointercancel = done;
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  node.onkeydown = (event) => {
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const [row, column] = at();
    choose(inside(row + move[0], rows), inside(column + move[1], columns), event.timeStamp);
    done();
  };
}
