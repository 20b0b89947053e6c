// Begins a presentation (F, or the button), changes the section (arrows, a clicker's Page Up and Page Down), ends it (Esc,
// or leaving full screen). A browser enters full screen only within a key press or a click, so this is done here.
import { element, defineComponent } from "../shared/mount.js";

const MOVES = { ArrowRight: "next", PageDown: "next", ArrowLeft: "previous", PageUp: "previous", Escape: "end" };
const OWN_KEYS = "input, textarea, select, [role=slider], [role=radio], [role=combobox], [role=menu], [contenteditable], dialog";

// Four corners, the usual icon for full screen.
const CORNERS = `<svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.6">
  <path d="M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4"/></svg>`;

export default defineComponent(import.meta.url, (root, first) => {
  root.className = "xb xpp";
  const button = element("button", "", root, { type: "button", title: `${first.label} (F)`, "aria-label": first.label });
  button.innerHTML = CORNERS;
  let { presenting } = first;
  const move = (name) => instance.setTriggerValue("move", name);
  const begin = () => {
    document.documentElement.requestFullscreen?.().catch(() => {}); // a browser may refuse; the page is presented all the same
    move("begin");
  };
  button.onclick = begin;

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(OWN_KEYS)) return;
    if (!presenting) {
      if (event.key.toLowerCase() === "f") begin();
      return;
    }
    const name = MOVES[event.key];
    if (!name) return;
    event.preventDefault();
    move(name);
  }
  const onFullscreen = () => !document.fullscreenElement && presenting && move("end");
  document.addEventListener("keydown", onKey);
  document.addEventListener("fullscreenchange", onFullscreen);

  const instance = {
    update(data) {
      ({ presenting } = data);
      button.hidden = presenting;
      if (!presenting && document.fullscreenElement) document.exitFullscreen();
    },
    remove() {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("fullscreenchange", onFullscreen);
    },
  };
  return instance;
});
