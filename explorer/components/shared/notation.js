// The format of numbers in texts, as in explorer/shell/numbers.py.
export function number(value, digits = 4) {
  if (Number.isNaN(value)) return "nan";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size === Infinity) return sign + "∞";
  if (size !== 0 && (size < 0.5 * 10 ** -digits || size >= 1e6)) {
    const [mantissa, exponent] = size.toExponential(Math.min(digits, 2)).split("e");
    return `${sign}${mantissa}×10${superscript(Number(exponent))}`;
  }
  return sign + size.toFixed(digits);
}

// Brackets and the bar of a condition in formulas, which a browser would otherwise stretch beyond the line.
export const OPEN = '<mo stretchy="false">(</mo>';
export const CLOSE = '<mo stretchy="false">)</mo>';
export const GIVEN = '<mo stretchy="false">|</mo>';

// A count with thousands separators.
export const whole = (value) => Math.round(value).toLocaleString("en");

// Put values into a text's placeholders, "@{name}", as in explorer/shell/texts.py, with thousands separators in counts.
export function fill(text, values) {
  return text.replace(/@\{(\w+)\}/g, (_, name) => (Number.isInteger(values[name]) ? whole(values[name]) : (values[name] ?? "")));
}

function superscript(exponent) {
  const digits = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  return [...String(exponent)].map((character) => digits[character]).join("");
}
