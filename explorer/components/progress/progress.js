// The answered questions, in the browser's local storage.
import { element, defineComponent } from "../shared/mount.js";

const STORE = "explorer.questions";
const NEWS = "explorer:questions";
const MOST = 500;

// Other sites at the same address may have written anything there.
function stored() {
  try {
    const entries = Object.entries(JSON.parse(localStorage.getItem(STORE)) ?? {});
    const ours = entries.filter(([name, how]) => /^[\w-]{1,40}\.[\w-]{1,40}$/.test(name) && (how === "found" || how === "shown"));
    return Object.fromEntries(ours.slice(0, MOST));
  } catch {
    return {}; // no store, as in some private windows, or not what was written here
  }
}

function store(all) {
  try {
    localStorage.setItem(STORE, JSON.stringify(all));
  } catch {
    // It is kept for this visit at least.
  }
}

export default defineComponent(import.meta.url, (root, first) => {
  root.className = "xb xpr";
  const node = element("span", "", root);
  let { text } = first;
  let most = -1; // that Python has known of; one that knows less is another session
  const count = ({ detail }) => {
    const found = Object.values(detail).filter((how) => how === "found").length;
    node.textContent = text.replace("@found", found);
    node.hidden = !found;
  };
  document.addEventListener(NEWS, count);

  function update({ known, text: now }) {
    text = now;
    const earlier = stored();
    const all = { ...known, ...earlier };
    if (Object.keys(all).length > Object.keys(earlier).length) store(all);
    document.dispatchEvent(new CustomEvent(NEWS, { detail: all }));
    const here = Object.keys(known).length;
    if ((most < 0 || here < most) && Object.keys(all).length > here) instance.setStateValue("known", all);
    most = here;
  }

  const instance = { update, remove: () => document.removeEventListener(NEWS, count) };
  return instance;
});
