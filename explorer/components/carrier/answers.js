// Questions to the server's routes, asked through Python: whatever is unanswered is asked together, and once more
// if it got lost.
const AGAIN = 3000; // milliseconds
const PATIENCE = 30_000;
const PAUSE = 50; // between two looks whether the page is on its way
const LEAVING = 5000; // at most, from the click on a link until its page begins

const waiting = (globalThis.explorerWaiting ??= new Map());

// A question names the page that it was asked on. Where it overtakes a change of page, Streamlit takes it for a change
// back: the page stays empty and forgets its settings. So a click on a link waits until what was asked has gone off, and
// nothing is asked until the address is the link's, which it becomes when its page begins.
const road = (globalThis.explorerRoad ??= (() => {
  let leaving = { to: location.pathname, until: 0 };
  let sending = null;
  const leave = (to) => (leaving = { to, until: performance.now() + LEAVING });
  const click = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    leave(link.pathname);
    if (!sending || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sending.then(() => event.target.dispatchEvent(new MouseEvent("click", event)));
  };
  document.addEventListener("click", click, true);
  addEventListener("popstate", () => leave(null));
  return {
    free: () => location.pathname === leaving.to || performance.now() > leaving.until,
    // Streamlit sends after a timeout of 0: this one is over when that has gone off.
    send() {
      sending = new Promise((resolve) => setTimeout(resolve, 0));
      sending.then(() => (sending = null));
    },
  };
})());

export default ({ data, parentElement, setTriggerValue }) => {
  parentElement.closest("[data-testid=stElementContainer]").style.display = "none";
  const soon = (milliseconds) => {
    clearTimeout(globalThis.explorerSoon);
    globalThis.explorerSoon = setTimeout(send, milliseconds);
  };
  const send = () => {
    const asked = [...waiting.values()].map(({ id, route }) => ({ id, route }));
    if (!asked.length) return;
    if (!road.free()) return void soon(PAUSE);
    setTriggerValue("asked", asked);
    road.send();
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
      soon(20);
    });
  clearInterval(globalThis.explorerAgain);
  globalThis.explorerAgain = setInterval(send, AGAIN);
};
