// Asks every second for the state of a round. Python is told only of a new place; the counts are shown here.
import { ask } from "../shared/host.js";
import { element, defineComponent } from "../shared/mount.js";
import { untilDrawn } from "../shared/until_drawn.js";

const PAUSE = 1000; // milliseconds between two looks
const PAUSE_HIDDEN = 5000; // while the tab is hidden

export default defineComponent(import.meta.url, (root) => {
  const instance = { update, remove };
  let data = null;
  let timer = null;
  let turn = 0; // only the latest look looks on
  const page = untilDrawn((place) => instance.setStateValue("place", place));
  root.className = "xb xrw";
  const text = element("p", "", root, { role: "status" });

  function update(next) {
    data = next;
    page.shows(data.place);
    clearTimeout(timer);
    look();
  }

  async function look() {
    const mine = ++turn;
    try {
      const response = await ask(data.route);
      const now = response.ok ? await response.json() : null;
      if (mine !== turn) return;
      if (now) show(now);
      else if (response.status === 404) page.is("gone");
    } catch (error) {
      console.warn(error); // the next look may find the server again
    }
    if (mine !== turn) return;
    timer = setTimeout(look, document.hidden ? PAUSE_HIDDEN : PAUSE);
  }

  function show({ place, answered, players }) {
    text.textContent = data.words.count.replace("@answered", answered).replace("@players", players);
    root.dataset.answered = answered;
    page.is(place);
  }

  const shown = () => {
    if (document.hidden || !data) return;
    clearTimeout(timer);
    look();
  };
  document.addEventListener("visibilitychange", shown);

  function remove() {
    turn += 1;
    clearTimeout(timer);
    page.remove();
    document.removeEventListener("visibilitychange", shown);
  }

  return instance;
});
