// Makes one gesture one entry in the browser's history. Python writes the URL after every change, and Streamlit adds an
// entry for each, so that after twelve presses of an arrow key twelve steps back would be needed.
// A gesture is one press of the pointer, or all keys pressed in one control. Its first change adds an entry, which its
// further changes replace. Another page always gets an entry of its own.
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

// Streamlit's link to the home page has an empty address: opened in another tab, it would bring this page once more.
const giveAddress = ({ target }) => target.closest?.('a[href=""]')?.setAttribute("href", "./");
for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, giveAddress);
