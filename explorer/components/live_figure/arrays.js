// Arrays in plotly's figures: numbers, rows of numbers, or their bytes.
const KINDS = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array };

export function numbers(array) {
  if (!array?.bdata) return Array.from(array ?? []).flat();
  return new KINDS[array.dtype](Uint8Array.from(atob(array.bdata), (byte) => byte.charCodeAt(0)).buffer);
}

// Whether two arrays look the same when drawn: equal up to a millionth of their largest number.
export function alike(one, other) {
  const [a, b] = [numbers(one), numbers(other)];
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
  return a.length === b.length && a.every((value, i) => value === b[i] || Math.abs(value - b[i]) <= 1e-6 * largest);
}
