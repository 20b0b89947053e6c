// The changes of an image, as in explorer/images/templates.py: flat arrays of 32 × 32 × 3 values from 0 to 1.
import { located } from "../shared/host.js";

export const SIZE = 32;
const PIXELS = SIZE * SIZE;

// The numbers of a .npy file of uint8 or float16.
export async function loadArray(url) {
  const response = await fetch(located(url));
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  const buffer = await response.arrayBuffer();
  const headerLength = new DataView(buffer).getUint16(8, true);
  const header = new TextDecoder().decode(buffer.slice(10, 10 + headerLength));
  const start = 10 + headerLength;
  return header.includes("'|u1'") ? new Uint8Array(buffer, start) : Float64Array.from(new Uint16Array(buffer, start), half);
}

function half(bits) {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

export function altered(image, { right, down, light, invert }, letters, paints) {
  const out = new Float64Array(3 * PIXELS);
  const inside = (value) => Math.min(SIZE - 1, Math.max(0, value));
  for (let row = 0; row < SIZE; row += 1) {
    for (let column = 0; column < SIZE; column += 1) {
      const from = 3 * (inside(row - down) * SIZE + inside(column - right));
      const to = 3 * (row * SIZE + column);
      for (let c = 0; c < 3; c += 1) {
        const value = Math.min(1, Math.max(0, image[from + c] + light));
        out[to + c] = invert ? 1 - value : value;
      }
    }
  }
  const rim = rimColour(out);
  for (let pixel = 0; pixel < letters.length; pixel += 1) {
    if (letters[pixel] !== ".") out.set(letters[pixel] === "m" ? rim : paints[letters[pixel]], 3 * pixel);
  }
  return out;
}

export function rimColour(image) {
  const sum = [0, 0, 0];
  let count = 0;
  for (let pixel = 0; pixel < PIXELS; pixel += 1) {
    const row = Math.floor(pixel / SIZE);
    const column = pixel % SIZE;
    if (row % (SIZE - 1) !== 0 && column % (SIZE - 1) !== 0) continue;
    count += 1;
    for (let c = 0; c < 3; c += 1) sum[c] += image[3 * pixel + c];
  }
  return sum.map((value) => value / count);
}

// f_k = Σ x·W + b; a template is 3,072 weights and the bias after them.
export function logit(image, templates, k) {
  const start = k * (3 * PIXELS + 1);
  let sum = 0;
  for (let i = 0; i < 3 * PIXELS; i += 1) sum += image[i] * templates[start + i];
  return { sum, bias: templates[start + 3 * PIXELS] };
}

// "500.3k" for 500 unpainted pixels and three black ones; unpainted ones at the end are omitted.
export function unpack(paint) {
  const letters = new Array(PIXELS).fill(".");
  let at = 0;
  for (const [, length, letter] of paint.matchAll(/(\d+)(\D)/g)) {
    letters.fill(letter, at, at + Number(length));
    at += Number(length);
  }
  return letters;
}

export function pack(letters) {
  const runs = letters.join("").replace(/\.+$/, "").match(/(.)\1*/g) ?? [];
  return runs.map((run) => `${run.length}${run[0]}`).join("");
}
