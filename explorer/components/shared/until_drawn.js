// Asks Python to draw the page again when its state has changed. The message can be lost with the connection, so it is
// repeated until the page shows the new state, at growing intervals, so that a slow page can be drawn completely.
const AGAIN = 3000; // milliseconds

// send(state) sends the message. Returns { shows(state): what the page shows, is(state): the actual state, remove() }.
export function untilDrawn(send, again = AGAIN) {
  let [shown, actual, sent] = [null, null, null];
  let timer = null;
  let pause = again;

  function compare() {
    if (actual === shown) {
      clearTimeout(timer);
      [sent, pause] = [null, again];
    } else if (actual !== sent) {
      sendAgain();
    }
  }

  function sendAgain() {
    clearTimeout(timer);
    sent = actual;
    send(actual);
    timer = setTimeout(sendAgain, pause);
    pause *= 2;
  }

  return {
    shows(state) {
      shown = state;
      if (actual !== null) compare();
    },
    is(state) {
      actual = state;
      compare();
    },
    remove: () => clearTimeout(timer),
  };
}
