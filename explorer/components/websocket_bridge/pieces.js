// Joins the pieces of the server's answers, and passes the answers to those who asked.
const receive = async ({ turn, at, of }, piece) => {
  globalThis.explorerHeardAt = performance.now();
  if (globalThis.explorerPieces?.turn !== turn) globalThis.explorerPieces = { turn, found: [] };
  const { found } = globalThis.explorerPieces;
  found[at] = piece;
  if (Object.keys(found).length < of) return;
  globalThis.explorerPieces = null;
  const [heads, bodies] = firstLine(new Uint8Array(await new Blob(found).arrayBuffer()));
  let from = 0;
  for (const { id, status, type, size } of heads) {
    const body = bodies.slice(from, (from += size));
    globalThis.explorerWaiting.get(id)?.answer(new Response(body, { status, headers: { "Content-Type": type } }));
    globalThis.explorerWaiting.delete(id);
  }
};

function firstLine(bytes) {
  const end = bytes.indexOf(10);
  return [JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))), bytes.subarray(end + 1)];
}

export default ({ data, parentElement }) => {
  parentElement.closest("[data-testid=stElementContainer]").style.display = "none";
  receive(...firstLine(new Uint8Array(data)));
};
