// Asks the server's routes through Python: all open questions are sent together, and again if they were lost.
const AGAIN = 3000; // milliseconds
const ANSWER_TIMEOUT = 30_000;
const PAUSE = 50; // between two looks whether the road is free
const LEAVING = 15_000; // at most, from the click on a link until its page begins
const RETURNING = 5000;

const waiting = (globalThis.explorerWaiting ??= new Map());

// When questions may be sent.
//
// After a timeout of 0, Streamlit sends all changes together, for the fragment of the first of them; a click that is sent
// together with a question would be lost. So a click or a change during that timeout is handled after it.
//
// A question names the page on which it was asked. If it overtakes a change of page, Streamlit takes it for a change back,
// and the page stays empty and loses its settings. So after a click on a link, nothing is asked until the address has
// become that of the link, when its page begins. Going back changes the address at once, so that it does not show when the
// page begins; then nothing is asked for a while.
const road = (globalThis.explorerRoad ??= (() => {
  let leaving = { to: null, until: 0 };
  let sending = null;

  const delay = (event) => {
    if (sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      sending.then(() => event.target.dispatchEvent(new event.constructor(event.type, event)));
    } else if (event.type === "click") {
      leave(event);
    }
  };
  // The app may have another address than in its links; the page is the last part of both.
  const page = (path) => path.split("/").at(-1);
  const leave = (event) => {
    const link = event.target.closest?.("a[href]");
    const here = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || link?.target === "_blank");
    if (link && here && !link.download) leaving = { to: page(link.pathname), until: performance.now() + LEAVING };
  };
  for (const kind of ["click", "change"]) document.addEventListener(kind, delay, true);
  addEventListener("popstate", () => (leaving = { to: null, until: performance.now() + RETURNING }));
  return {
    free() {
      if (page(location.pathname) === leaving.to) leaving.until = 0;
      return performance.now() > leaving.until;
    },
    send() {
      sending = new Promise((resolve) => setTimeout(resolve, 0));
      sending.then(() => (sending = null));
    },
  };
})());

export default ({ parentElement, setTriggerValue }) => {
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
  globalThis.explorerAsk = (route) =>
    new Promise((answer, fail) => {
      const id = crypto.getRandomValues(new Uint32Array(2)).join(".");
      waiting.set(id, { id, route, answer });
      setTimeout(() => waiting.delete(id) && fail(new Error(`no answer to ${route}`)), ANSWER_TIMEOUT);
      soon(20); // together with what else is asked
    });
  clearInterval(globalThis.explorerAgain);
  globalThis.explorerAgain = setInterval(() => {
    if (performance.now() - (globalThis.explorerHeardAt ?? 0) > AGAIN) send(); // else it may be on its way
  }, AGAIN);
};
