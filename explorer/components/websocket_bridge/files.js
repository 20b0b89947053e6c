// Unpacks the browser's files from one parcel, and makes addresses by which modules find each other and other files.
const ROOT = "carried:/"; // what the files call the place where they are

export default async ({ data, parentElement }) => {
  parentElement.closest("[data-testid=stElementContainer]").style.display = "none";
  if (globalThis.explorerFile) return;
  const unpacked = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  const files = await new Response(unpacked).json();
  const addresses = new Map();

  function address(path) {
    if (!addresses.has(path)) {
      const { type, text, base64 } = files[path];
      const body = base64 ? Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)) : withAddresses(text, path);
      addresses.set(path, URL.createObjectURL(new Blob([body], { type })));
    }
    return addresses.get(path);
  }

  function withAddresses(text, path) {
    return text
      .replaceAll("import.meta.url", JSON.stringify(ROOT + path))
      .replace(/\b(from |import |import\()"(\.{1,2}\/[^"]+)"/g, (_, word, to) => {
        return `${word}"${address(new URL(to, ROOT + path).href.slice(ROOT.length))}"`;
      });
  }

  globalThis.explorerFile = (file) => address(file.startsWith(ROOT) ? file.slice(ROOT.length) : file);
};
