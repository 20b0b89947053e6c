// The parts of a row in a board: the colour and name of a class, a slider with its field, a bar with its number.
import { stepperField, setSlider } from "./field.js";
import { element } from "./mount.js";

export function colouredRow(parent, className, colour) {
  const row = element("div", className, parent);
  for (const name of ["--xb-colour", "--xb-thumb"]) row.style.setProperty(name, colour);
  return row;
}

// A button with the mark and the name of a class; choose(timeStamp) is called when it is clicked.
export function nameButton(row, className, markClass, { name, title }, choose) {
  const button = element("button", className, row, { type: "button", title: title.replace("@", name) });
  element("i", markClass, button);
  element("span", "", button, { text: name });
  button.onclick = (event) => choose(event.timeStamp);
  return button;
}

// A slider from `min` to `max`, and beside it a field that takes numbers from `low` to `high`. change(value, timeStamp)
// is called at every move, done() at its end.
export function sliderWithField(row, classNames, { label, min, max, low = min, high = max, step = 0.1 }, change, done) {
  const slider = element("input", classNames[0], row, { type: "range", min, max, step, "aria-label": label });
  slider.oninput = (event) => change(Number(slider.value), event.timeStamp);
  slider.onchange = done;
  const field = stepperField(row, classNames[1], { label, low, high, step }, (value, timeStamp) => {
    change(value, timeStamp);
    done();
  });
  return (value) => {
    setSlider(slider, value);
    field.show(value);
  };
}

// A bar and its number: returns show(transform, text).
export function barWithNumber(parent, className) {
  const cell = className === null ? parent : element("div", className, parent);
  const fill = element("div", "xb-fill", element("div", "xb-bar", cell));
  const number = element("span", "xb-number", cell);
  return (transform, text) => {
    fill.style.transform = transform;
    if (number.textContent !== text) number.textContent = text;
  };
}
