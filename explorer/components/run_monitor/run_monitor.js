// A training run as it goes: its state, its loss and accuracy, and what it makes of ten pictures.
import { element, mounting } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { fromWire } from "../shared/wire.js";
import { charts } from "./charts.js";
import { follow } from "./feed.js";
import { samples } from "./samples.js";
import { status } from "./status.js";
import { fill } from "./words.js";

export default mounting(import.meta.url, (root) => {
  const instance = { update, remove: () => shown?.remove() };
  let shown = null;
  let words = null;

  function update(data) {
    const asked = JSON.stringify(data.words);
    if (asked === words) return shown.redraw();
    words = asked; // another language: another picture
    shown?.remove();
    root.replaceChildren();
    root.className = "xb xrm";
    shown = data.run ? monitor(root, data, () => instance.setStateValue("ended", data.run)) : preview(root, data);
  }

  return instance;
});

function preview(root, { preview: { sprite, labels, logits, classes }, colours, names, words }) {
  const named = classes.map((name) => names[name] ?? name);
  samples(root, { sprite, labels, classes: named, colours, words: words.samples }).show(logits);
  return { redraw() {}, remove() {} };
}

function monitor(root, data, tellEnd) {
  const { run: route, colours, names, words, active, remember } = data;
  const head = status(root, words, names);
  const plots = element("div", "xrm-charts", root, { hidden: "" });
  const [loss, accuracy] = [0, 1].map(() => element("div", "xrm-chart", plots, { role: "img" }));
  const drawn = charts(plots, loss, accuracy, words.charts);
  const said = element("p", "xrm-said", root, { "aria-live": "polite" });
  const gallery = element("section", "xrm-gallery", root, { hidden: "" });
  const title = element("h3", "", gallery);
  let pictures = null;
  let pictured = null; // the epoch whose predictions are shown
  let latest = null;

  const stop = follow(route, (run) => {
    head.show(run);
    if (run.epochs) {
      latest = run;
      if (run.epochs.length) redraw();
      showPictures(run);
    }
    if (remember) keepCookie(remember, run.over);
    if (run.over && active) tellEnd();
  });

  function redraw() {
    if (!latest?.epochs.length) return;
    plots.hidden = false;
    drawn.draw(latest);
    describe(latest);
  }

  // What the charts show, for those who cannot see them; it changes once an epoch.
  function describe({ steps, epochs }) {
    const { epoch, test_loss, test_accuracy } = epochs.at(-1);
    const values = {
      epoch, loss: number(test_loss, 2), percent: number(100 * test_accuracy, 1),
      first: number(steps[0]?.[2] ?? test_loss, 2), last: number(steps.at(-1)?.[2] ?? test_loss, 2),
    };
    if (said.dataset.epoch === String(epoch)) return;
    said.dataset.epoch = epoch;
    said.textContent = fill(epoch ? words.charts.said : words.charts.said_untrained, values);
    loss.setAttribute("aria-label", said.textContent);
    accuracy.setAttribute("aria-label", said.textContent);
  }

  async function showPictures({ epochs, started }) {
    const epoch = epochs.at(-1)?.epoch;
    if (epoch === undefined || epoch === pictured || !started) return;
    pictured = epoch;
    const response = await fetch(new URL(`${route}/samples/${epoch}`, document.baseURI)).catch(() => null);
    if (!response?.ok || pictured !== epoch) return;
    const { labels, logits } = fromWire(await response.json());
    const sprite = new URL(`${route}/samples.png`, document.baseURI).href;
    const classes = (started.classes ?? colours).map((name) => names[name] ?? name);
    pictures ??= samples(gallery, { sprite, labels, classes, colours, words: words.samples });
    const right = pictures.show(logits);
    title.textContent = fill(epoch ? words.samples.title : words.samples.title_untrained, { epoch, right, n: labels.length });
    gallery.hidden = false;
  }

  function remove() {
    stop();
    drawn.remove();
  }

  return { redraw, remove };
}

// No link holds it, and no other site can have it sent; when the run is over, there is nothing left to command.
function keepCookie([name, value], over) {
  const path = new URL("./", document.baseURI).pathname;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=${path}; Max-Age=${over ? 0 : 30 * 86400}; SameSite=Strict${secure}`;
}
