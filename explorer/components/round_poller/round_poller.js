// Asks about every second for the state of a round, and shows the counts. A player's board is told what is new, without a
// word to Python; the page of whoever leads is drawn anew.
import { ask } from "../shared/host.js";
import { element, defineComponent, publish } from "../shared/mount.js";
import { polling } from "../shared/polling.js";
import { untilDrawn } from "../shared/until_drawn.js";
import { fromWire } from "../shared/wire.js";

export default defineComponent(import.meta.url, (root) => {
  const instance = { update, remove };
  let data = null;
  let published = null; // the place that a player's board shows
  const page = untilDrawn((place) => instance.setStateValue("place", place));
  const poll = polling(() => `${data.route}?player=${data.player}`, show, () => page.is("gone"));
  root.className = "xb xrw";
  const text = element("p", "", root, { role: "status" });

  function update(next) {
    data = next;
    page.shows(data.place);
    published ??= data.place;
    poll.look();
  }

  async function show({ place, answered, players }) {
    text.textContent = data.words.count.replace("@answered", answered).replace("@players", players);
    root.dataset.answered = answered;
    if (!data.player) {
      page.is(place);
    } else if (place !== published) {
      const response = await ask(`${data.route}/stage`);
      if (response.ok) publish(data.route, fromWire(await response.json()));
      else page.is(place); // this server's pages have not shown the round yet
      published = place;
    }
  }

  function remove() {
    poll.remove();
    page.remove();
  }

  return instance;
});
