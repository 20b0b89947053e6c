// Asks again and again where a round or a lecture is: about every second while the tab is seen, and at once when it is
// seen again.
import { ask } from "./host.js";

const PAUSE = 1000; // milliseconds between two looks
const PAUSE_HIDDEN = 5000; // while the tab is hidden

// route() returns what to ask for; take(answer) is called with what is told, gone() if there is no such thing any more.
// Returns { look(): ask now, remove() }.
export function polling(route, take, gone) {
  let timer = null;
  let turn = 0; // only the latest look looks on

  async function look() {
    clearTimeout(timer);
    const mine = ++turn;
    try {
      const response = await ask(route());
      const told = response.ok ? await response.json() : null;
      if (mine !== turn) return;
      if (told) await take(told);
      else if (response.status === 404) gone();
    } catch (error) {
      console.warn(error); // the next look may find the server again
    }
    if (mine !== turn) return;
    timer = setTimeout(look, document.hidden ? PAUSE_HIDDEN : PAUSE * (0.8 + 0.4 * Math.random()));
  }

  const seen = () => {
    if (!document.hidden && turn) look();
  };
  document.addEventListener("visibilitychange", seen);

  function remove() {
    turn += 1;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  }

  return { look, remove };
}
