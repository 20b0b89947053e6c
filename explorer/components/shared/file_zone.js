// A place for a file: chosen from the device, or dropped on it.
import { element } from "./mount.js";

// take(files) gets what was chosen or dropped. Returns the elements for the title and for a hint.
export function fileZone(root, accept, take) {
  const zone = element("label", "xfz", root);
  const input = element("input", "xfz-input", zone, { type: "file", accept });
  input.onchange = () => {
    take(input.files);
    input.value = ""; // the same file again is news again
  };
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add("xfz-over");
  };
  zone.ondragleave = () => zone.classList.remove("xfz-over");
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("xfz-over");
    take(event.dataTransfer.files);
  };
  return { title: element("b", "", zone), hint: element("span", "", zone) };
}
