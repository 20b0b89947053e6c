// Sent inline with every component: it loads the component's module and calls it. A file that cannot be loaded and a
// drawing that fails are retried; at last, a message with a button is shown instead.
const PAUSES = [250, 1000, 4000]; // milliseconds
const latest = new WeakMap();
let module = null;

export default (component) => {
  const { shared: words } = JSON.parse(new TextDecoder().decode(component.data));

  // The result of act(attempt), once it succeeds; undefined if a newer call has replaced this one.
  async function persist(place, act) {
    const turn = {};
    latest.set(place, turn);
    for (let attempt = 0; latest.get(place) === turn && place.isConnected; attempt += 1) {
      clear(place);
      try {
        return await act(attempt);
      } catch (error) {
        console.warn(error);
        if (attempt < PAUSES.length) await new Promise((go) => setTimeout(go, PAUSES[attempt]));
        else if (latest.get(place) === turn) await ask(place, words);
      }
    }
  }

  return persist(component.parentElement, async (attempt) => {
    const found = await load(attempt);
    module ??= found;
    return module.default(component, persist);
  });
};

function clear(place) {
  place.querySelector(":scope > [data-failed]")?.remove();
  for (const node of place.children) node.style.display = "";
}

// Show that it failed, and wait until it is to be tried again.
function ask(place, { failed, again }) {
  for (const node of place.children) node.style.display = "none";
  const note = document.createElement("p");
  note.dataset.failed = "";
  note.setAttribute("role", "alert");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = again;
  const border = "border: 1px solid var(--st-border-color); border-radius: 8px";
  note.style.cssText = `margin: 0; padding: 1rem; ${border}`;
  button.style.cssText = `margin-left: 1rem; padding: 4px 12px; font: inherit; color: inherit; background: none; cursor: pointer; ${border}`;
  note.append(failed, button);
  place.append(note);
  return new Promise((go) => (button.onclick = go));
}
