// Infinity and nan travel as strings, as in explorer/protocol/json_numbers.py.
const WORDS = { inf: Infinity, "-inf": -Infinity, nan: NaN };

export function toWire(value) {
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  if (Array.isArray(value)) return value.map(toWire);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item)]));
  }
  return value;
}

export function fromWire(value) {
  if (typeof value === "string") return Object.hasOwn(WORDS, value) ? WORDS[value] : value;
  if (Array.isArray(value)) return value.map(fromWire);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromWire(item)]));
  }
  return value;
}
