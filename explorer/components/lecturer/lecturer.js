// What the leader of a lecture moves: several times a second the states of all boards on the page go to the server, if
// they have changed. What Python knows of the page, it shows by itself.
import { ask, tell } from "../shared/host.js";
import { element, boards, defineComponent } from "../shared/mount.js";
import { fill } from "../shared/notation.js";
import { toWire } from "../shared/wire.js";

const PAUSE = 250; // milliseconds between two looks at the boards
const COUNT = 1000; // and between two looks at how many follow

export default defineComponent(import.meta.url, (root) => {
  root.className = "xb xlc";
  const text = element("span", "", root, { role: "status" });
  let data = null;
  let sent = null;
  let counted = -COUNT;
  let busy = false;
  const timer = setInterval(look, PAUSE);

  async function look() {
    if (!data || busy) return;
    busy = true;
    try {
      const states = Object.fromEntries([...boards].map(([name, { state }]) => [name, toWire(state.now)]));
      const now = JSON.stringify(states);
      if (now !== sent) {
        await tell(`${data.route}/boards`, { secret: data.secret, boards: states });
        sent = now;
      }
      if (performance.now() - counted > COUNT) {
        counted = performance.now();
        const response = await ask(data.route);
        if (response.ok) {
          const { players, answered, asked } = await response.json();
          text.textContent = fill(asked ? data.words.voted : data.words.count, { n: players, answered });
        }
      }
    } catch (error) {
      console.warn(error); // the next look tries again
    }
    busy = false;
  }

  return { update: (next) => (data = next), remove: () => clearInterval(timer) };
});
