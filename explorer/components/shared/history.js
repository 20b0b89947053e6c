// One entry of the browser's history for one gesture. Python writes the URL after every move, and Streamlit makes an
// entry of each: after twelve presses of an arrow key the way back would be twelve steps long.
// A gesture is one press of the pointer, or the keys that are pressed in one control: what the URL becomes meanwhile
// takes the place of the entry that its first move has made. Another page always has an entry of its own.
let gesture = 0;
let written = -1; // the gesture that has made the latest entry

const begin = () => (gesture += 1);
document.addEventListener("pointerdown", begin, true);
document.addEventListener("focusin", begin, true);
document.addEventListener("keydown", ({ key }) => ["Enter", " "].includes(key) && begin(), true);
window.addEventListener("popstate", begin);

const push = history.pushState.bind(history);
history.pushState = (state, unused, url) => {
  const goesOn = written === gesture && new URL(url, document.baseURI).pathname === location.pathname;
  written = gesture;
  if (goesOn) history.replaceState(state, unused, url);
  else push(state, unused, url);
};
