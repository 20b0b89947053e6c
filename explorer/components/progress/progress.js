// What has been found out, in the browser's own store.
import { element, mounting } from "../shared/mount.js";

const STORE = "explorer.questions";
const NEWS = "explorer:questions";

function stored() {
  try {
    const found = JSON.parse(localStorage.getItem(STORE) ?? "{}");
    return found && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch {
    return {}; // no store, as in some private windows, or not what was written here
  }
}

function store(all) {
  try {
    localStorage.setItem(STORE, JSON.stringify(all));
  } catch {
    // It counts for this visit at least.
  }
}

export default mounting(import.meta.url, (root, first) => {
  root.className = "xb xpr";
  const node = element("span", "", root);
  let { text } = first;
  let told = false;
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
    if (!told && Object.keys(all).length > Object.keys(known).length) instance.setStateValue("known", all);
    told = true;
  }

  const instance = { update, remove: () => document.removeEventListener(NEWS, count) };
  return instance;
});
