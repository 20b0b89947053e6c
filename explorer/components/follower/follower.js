// Asks about every second where a lecture is. The boards move with the leader's, without a word to Python; when Python has
// something new to draw, the pages of all who follow are drawn over some seconds, not all at once.
import { element, boards, defineComponent } from "../shared/mount.js";
import { polling } from "../shared/polling.js";
import { untilDrawn } from "../shared/until_drawn.js";

const SPREAD = 5000; // milliseconds over which the pages are drawn,
const EACH = 70; // or so many for each who follows
const WAYS = ".st-key-head, .st-key-footer"; // to other pages and sections
const CONTROLS = '[class*="st-key-stage-controls"], [class*="st-key-question-"]';

export default defineComponent(import.meta.url, (root) => {
  const instance = { update, remove };
  let data = null;
  let seen = ""; // the last move,
  let states = {}; // and the boards' states then
  let due = null; // { step, at }: when Python is told of a new step
  const page = untilDrawn((step) => instance.setStateValue("step", step));
  const poll = polling(() => `${data.route}?player=${data.player}&seen=${seen}`, follow, () => page.is("over"));
  root.className = "xb xfl";
  const text = element("span", "", root, { role: "status" });

  function update(next) {
    data = next;
    text.textContent = data.around ? data.words.around : data.words.following;
    page.shows(data.step);
    due = null;
    hold();
    poll.look();
  }

  function follow(now) {
    seen = now.move;
    states = now.boards ?? states;
    if (data.around) return;
    hold();
    if (now.place === data.step) {
      due = null;
      page.is(now.place);
      return;
    }
    if (due?.step !== now.place) {
      const after = Math.max(SPREAD, EACH * now.players) * Math.random();
      due = { step: now.place, at: Math.min(due?.at ?? Infinity, performance.now() + (now.players > 1 ? after : 0)) };
    }
    if (performance.now() >= due.at) page.is(now.place);
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
    poll.remove();
    page.remove();
    for (const node of document.querySelectorAll(`${WAYS}, ${CONTROLS}`)) node.inert = false;
  }

  return instance;
});
