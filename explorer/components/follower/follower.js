// Asks about every second where a lecture is. The boards move with the leader's, without a word to Python; when Python has
// something new to draw, the pages of all who follow are drawn one after another, so that nobody else has to wait.
import { element, boards, defineComponent } from "../shared/mount.js";
import { polling } from "../shared/polling.js";
import { untilDrawn } from "../shared/until_drawn.js";

const EACH = 70; // milliseconds between the pages of two who follow
const WAYS = ".st-key-head, .st-key-footer"; // to other pages and sections
const CONTROLS = '[class*="st-key-stage-controls"], [class*="st-key-question-"]';

export default defineComponent(import.meta.url, (root) => {
  const instance = { update, remove };
  let data = null;
  let seen = ""; // the last move,
  let states = {}; // and the boards' states then
  let due = {}; // { step, at, timer }: Python is told of a new step when it is this page's turn
  const page = untilDrawn((step) => instance.setStateValue("step", step));
  const poll = polling(() => `${data.route}?player=${data.player}&seen=${seen}`, follow, () => page.is("over"));
  root.className = "xb xfl";
  const text = element("span", "", root, { role: "status" });

  function update(next) {
    data = next;
    text.textContent = data.around ? data.words.around : data.words.following;
    page.shows(data.step);
    awaits();
    hold();
    poll.look();
  }

  function follow(now) {
    seen = now.move;
    states = now.boards ?? states;
    if (data.around) return;
    hold();
    if (now.place === data.step) {
      awaits();
      page.is(now.place);
    } else if (due.step !== now.place) {
      awaits(now.place, EACH * now.turn - 1000 * now.ago);
    }
  }

  // Wait for a step, or for none; a later step takes the turn of one that still waits.
  function awaits(step, milliseconds) {
    clearTimeout(due.timer);
    if (!step) return (due = {});
    const at = Math.min(due.at ?? Infinity, performance.now() + milliseconds);
    return (due = { step, at, timer: setTimeout(() => page.is(step), at - performance.now()) });
  }

  // Show what the leader's boards show; only "look around" lets a follower move them.
  function hold() {
    const isHeld = !data.around && !data.free;
    for (const node of document.querySelectorAll(WAYS)) node.inert = !data.around;
    for (const node of document.querySelectorAll(CONTROLS)) node.inert = isHeld;
    if (!isHeld) return;
    for (const [name, state] of Object.entries(states)) {
      try {
        boards.get(name)?.show(state);
      } catch (error) {
        console.warn(error); // the page has not been drawn yet for what the leader moves
      }
    }
  }

  function remove() {
    awaits();
    poll.remove();
    page.remove();
    for (const node of document.querySelectorAll(`${WAYS}, ${CONTROLS}`)) node.inert = false;
  }

  return instance;
});
