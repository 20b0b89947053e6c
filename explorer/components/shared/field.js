// A field for a number, which the arrow keys change by steps. show(value) writes a value, unless somebody is typing.
// limits() returns the allowed range where it is not always from `low` to `high`. A number has four decimals; where small ones
// matter, `significant` gives it six significant digits instead.
import { element, sharedWords } from "./mount.js";

const STEP = 0.1;

export function numberField(parent, className, options, onNumber) {
  const { label, low, high, limits = () => [low, high], significant = false } = options;
  const input = element("input", `xb-field ${className}`, parent, {
    type: "text", autocomplete: "off", spellcheck: "false", "aria-label": label,
  });
  const refusal = refusalOf(input.closest(".xb"));
  let current = 0;
  let typing = false;
  const rounded = (value) => Number(significant ? value.toPrecision(6) : value.toFixed(4));
  const written = significant ? (value) => String(rounded(value)) : decimal;
  const write = () => (input.value = written(current));
  const take = (value, timeStamp) => {
    refusal.clear();
    onNumber(rounded(value), timeStamp);
  };
  const commit = (event) => {
    if (!typing) return;
    typing = false;
    const text = input.value.trim();
    write();
    if (text === "") return;
    const value = Number(text.normalize("NFKC").replace("−", "-").replace(",", ".")); // also full-width digits
    const [least, most] = limits();
    if (value >= least && value <= most) return take(value, event.timeStamp);
    const values = { text, range: `${written(least)} … ${written(most)}`, value: written(current) };
    refusal.say(input, sharedWords()[Number.isNaN(value) ? "not_a_number" : "out_of_range"], values);
  };
  input.oninput = () => {
    typing = true;
    refusal.clear();
  };
  input.onchange = commit;
  input.onfocus = () => input.select();
  const stepBy = (count, timeStamp) => {
    typing = false;
    const [least, most] = limits();
    take(Math.min(most, Math.max(least, current + count * (options.step ?? STEP))), timeStamp);
  };
  input.onkeydown = (event) => {
    const count = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Enter") commit(event);
    if (!count) return;
    event.preventDefault();
    stepBy(count, event.timeStamp);
  };
  return {
    input,
    stepBy,
    show(value) {
      if (value !== current) refusal.clear();
      current = value;
      if (!typing) write();
    },
  };
}

// A number field between two buttons that step it, for a finger or a switch: the arrow keys are the keyboard's.
export function stepperField(parent, className, options, onNumber) {
  const box = element("span", "xb-stepper", parent);
  const button = (sign, count) => {
    const node = element("button", "xb-step", box, {
      type: "button", tabindex: -1, text: sign, "aria-label": `${options.label} ${sign}${decimal(options.step ?? STEP)}`,
    });
    node.onclick = ({ timeStamp }) => field.stepBy(count, timeStamp);
  };
  button("−", -1);
  const field = numberField(box, className, options, onNumber);
  button("+", 1);
  return field;
}

const refusals = new WeakMap();
let count = 0;

// The message below a field whose number was refused. It disappears when something is typed or moved.
function refusalOf(board) {
  if (!refusals.has(board)) refusals.set(board, refusal());
  board.append(refusals.get(board).note); // a board that was built again has lost it
  return refusals.get(board);
}

function refusal() {
  const note = element("p", "xb-refused", null, { role: "status", id: `xb-refused-${(count += 1)}` });
  let refused = null;

  function clear() {
    if (!refused) return;
    for (const name of ["aria-invalid", "aria-describedby"]) refused.removeAttribute(name);
    refused = null;
    note.textContent = "";
  }

  function say(input, text, values) {
    clear();
    refused = input;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", note.id);
    const place = input.closest(".xb"); // a part of a board may stand elsewhere on the page by now
    if (note.parentNode !== place) place.append(note);
    note.textContent = text.replace(/@(\w+)/g, (_, name) => values[name]);
    const [frame, field] = [place, input].map((node) => node.getBoundingClientRect());
    note.style.top = `${field.bottom - frame.top + 4}px`;
    note.style.left = `${Math.max(0, Math.min(field.left - frame.left, frame.width - note.offsetWidth))}px`;
  }

  return { note, clear, say };
}

// Move a slider to `at`, and set the text that screen readers read. The slider's own value may differ from the real one: it
// stops at 10 where the value is 100, and the temperature's is a logarithm.
export function setSlider(slider, at, said = decimal(at)) {
  slider.value = at;
  slider.setAttribute("aria-valuetext", said);
}

// At least one decimal, at most four: 3.0, −0.25, 1.2346.
export function decimal(value) {
  const text = Math.abs(value).toFixed(4).replace(/0{1,3}$/, "");
  return (value < 0 && Number(text) !== 0 ? "−" : "") + text;
}
