// Put values into a text's placeholders, "@{name}", as explorer/shell/texts.py does.
export function fill(text, values) {
  return text.replace(/@\{(\w+)\}/g, (_, name) => values[name]);
}
