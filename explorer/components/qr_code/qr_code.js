// Draws a text as a QR code: one path of dark squares, with the four squares of white around it that the standard asks for.
import { defineComponent } from "../shared/mount.js";
import { qrcode } from "./qrcode_generator.js";

const QUIET = 4;
const SVG = "http://www.w3.org/2000/svg";

export default defineComponent(import.meta.url, (root) => {
  root.className = "xb xqr";
  let shown = null;

  function update({ text, alt }) {
    if (shown === text) return;
    shown = text;
    const code = qrcode(0, "M"); // the smallest size that holds it; a seventh of it may be hidden
    code.addData(text);
    code.make();
    const count = code.getModuleCount();
    let path = "";
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
      }
    }
    const side = count + 2 * QUIET;
    const drawing = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": alt })) {
      drawing.setAttribute(name, value);
    }
    drawing.innerHTML = `<path d="${path}" fill="#000" shape-rendering="crispEdges"/>`;
    root.replaceChildren(drawing);
  }

  return { update, remove() {} };
});
