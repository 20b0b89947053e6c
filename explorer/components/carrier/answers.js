// Questions to the server's routes, asked through Python: whatever is unanswered is asked together, and once more
// if it got lost while the page was busy.
const AGAIN = 3000; // milliseconds
const PATIENCE = 30_000;

const waiting = (globalThis.explorerWaiting ??= new Map());

export default ({ data, parentElement, setTriggerValue }) => {
  parentElement.closest("[data-testid=stElementContainer]").style.display = "none";
  const send = () => {
    const asked = [...waiting.values()].map(({ id, route }) => ({ id, route }));
    if (asked.length) setTriggerValue("asked", asked);
  };
  for (const { id, status, type, body } of JSON.parse(new TextDecoder().decode(data))) {
    const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
    waiting.get(id)?.answer(new Response(bytes, { status, headers: { "Content-Type": type } }));
    waiting.delete(id);
  }
  globalThis.explorerAsk = (route) =>
    new Promise((answer, fail) => {
      const id = crypto.getRandomValues(new Uint32Array(2)).join(".");
      waiting.set(id, { id, route, answer });
      setTimeout(() => waiting.delete(id) && fail(new Error(`no answer to ${route}`)), PATIENCE);
      // Later, and all at once: what goes off together with another component's word would count as that alone.
      clearTimeout(globalThis.explorerSoon);
      globalThis.explorerSoon = setTimeout(send, 20);
    });
  clearInterval(globalThis.explorerAgain);
  globalThis.explorerAgain = setInterval(send, AGAIN);
};
