// A word for Python, that the page has to be drawn anew. It can get lost with the connection, so it is told again until
// the page shows what it says; each time later than before, or a page that takes long would never be drawn to its end.
const AGAIN = 3000; // milliseconds

// tell(word) sends the word. Returns { shows(word): what the page shows, is(word): how things are, remove() }.
export function untilDrawn(tell, again = AGAIN) {
  let [shown, actual, told] = [null, null, null];
  let timer = null;
  let pause = again;

  function compare() {
    if (actual === shown) {
      clearTimeout(timer);
      [told, pause] = [null, again];
    } else if (actual !== told) {
      say();
    }
  }

  function say() {
    clearTimeout(timer);
    told = actual;
    tell(actual);
    timer = setTimeout(say, pause);
    pause *= 2;
  }

  return {
    shows(word) {
      shown = word;
      if (actual !== null) compare();
    },
    is(word) {
      actual = word;
      compare();
    },
    remove: () => clearTimeout(timer),
  };
}
