// A number to type, with a true minus sign; the arrow keys step it. show(value) writes what the state holds, but
// never over what is being typed.
import { element } from "./mount.js";

export function numberField(parent, className, { label, low, high, step = 0.1 }, onNumber) {
  const input = element("input", `xb-field ${className}`, parent, {
    type: "text", autocomplete: "off", spellcheck: "false", "aria-label": label,
  });
  let current = 0;
  let typing = false;
  const set = (value, timeStamp) => {
    if (value >= low && value <= high) onNumber(Number(value.toFixed(4)), timeStamp);
  };
  const write = () => (input.value = plain(current));
  const commit = (event) => {
    const text = input.value.trim().replace("−", "-").replace(",", ".");
    typing = false;
    write();
    if (text !== "") set(Number(text), event.timeStamp);
  };
  input.oninput = () => (typing = true);
  input.onchange = commit;
  input.onfocus = () => input.select();
  input.onkeydown = (event) => {
    const direction = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Enter") commit(event);
    if (!direction) return;
    event.preventDefault();
    typing = false;
    set(Math.min(high, Math.max(low, current + direction * step)), event.timeStamp);
  };
  return {
    input,
    show(value) {
      current = value;
      if (!typing) write();
    },
  };
}

// At least one decimal, at most four: 3.0, −0.25, 1.2346.
export function plain(value) {
  const text = Math.abs(value).toFixed(4).replace(/0{1,3}$/, "");
  return (value < 0 && Number(text) !== 0 ? "−" : "") + text;
}
