// Shows a training run: its state, its loss and accuracy, and its predictions for an image of each class.
import { element, defineComponent, placeFigure, SharedState } from "../shared/mount.js";
import { fill, number } from "../shared/notation.js";
import { untilDrawn } from "../shared/until_drawn.js";
import { charts } from "./charts.js";
import { commands } from "./commands.js";
import { follow, served, STEP } from "./feed.js";
import { current, local } from "./in_browser/local.js";
import { remarks } from "./remarks.js";
import { replay } from "./replay.js";
import { samples } from "./samples.js";
import { status } from "./status.js";
import { weights } from "./weights.js";
import { classNames, when } from "./words.js";

const PARTS = ["status", "chart", "images", "commands", "replay", "facts", "rest"];
const LINGER = 1000; // milliseconds for which what was seen stays, unless another monitor takes its place: it comes later

export default defineComponent(import.meta.url, (root, first) => {
  // What the chart shows; it is kept by Python, and is in the link.
  const view = new SharedState(first.state);
  const instance = { update, state: view, remove };
  let shown = null;
  let shownContent = null;

  function update(data) {
    if (view.receive(data.state)) shown?.redraw();
    // A run that has something to show needs no preview any more; that is no reason to begin anew.
    const content = JSON.stringify([data.words, data.runs.length ? null : data.preview, data.photographs]);
    if (content === shownContent) {
      shown.pageShows?.(data.page_state);
      shown.nextTraining?.(data.in_browser);
      return shown.redraw();
    }
    shownContent = content; // another language or model, or photographs have come
    shown?.stop();
    shown?.remove();
    root.replaceChildren();
    root.className = "xb xrm";
    // Each stands where the page makes room for it, else here.
    const parts = Object.fromEntries(PARTS.map((name) => [name, element("div", "xrm", root)]));
    const askForPage = (state) => instance.setStateValue("page_state", state);
    const build = data.runs.length > 1 ? comparison : monitor;
    const built = build(parts, data, () => view.now, change, instance.persist, askForPage);
    const takeBack = placeFigure(data.board, parts);
    // What is above the chart and the images takes its height from them.
    const above = new ResizeObserver(() => {
      for (const { style } of [parts.chart, parts.images]) style.setProperty("--xrm-above", `${parts.status.offsetHeight}px`);
    });
    parts.status.classList.add("xrm-status");
    above.observe(parts.status);
    shown = { ...built, remove: () => (built.remove(), takeBack(), above.disconnect()) };
  }

  function remove() {
    shown?.stop();
    setTimeout(() => shown?.remove(), LINGER);
  }

  function change(name, value) {
    view.now = { ...view.now, [name]: value };
    shown.redraw();
    clearTimeout(change.later);
    change.later = setTimeout(() => view.send(), 300);
  }

  return instance;
});

// Several runs in one chart.
function comparison({ chart: place, rest }, { runs, colours, names, words, menu }, view, change, persist) {
  const chart = charts(place, rest, { words: words.charts, menuWords: menu, names, colours }, view, change, persist);
  const said = element("p", "xrm-said", rest);
  const seen = runs.map(() => null);
  const stops = runs.map(({ route }, i) =>
    follow(route, (run) => {
      if (!run.epochs?.length) return;
      seen[i] = run;
      const shown = runs.map(({ name }, k) => ({ run: seen[k], name, colour: colours[k] })).filter(({ run }) => run);
      chart.draw(shown);
      said.textContent = shown.map(({ run, name }) => {
        const last = run.epochs.at(-1);
        const [loss, percent] = [number(last.test_loss, 2), number(100 * last.test_accuracy, 1)];
        return fill(words.charts.said_of, { name, when: when(last, run, words), loss, percent });
      }).join(" ");
      chart.describe(said.textContent);
    }),
  );
  return { redraw: chart.refresh, stop: () => stops.forEach((stop) => stop()), remove: chart.remove };
}

// A run on the server or in this browser, or before there is one what `preview` says. askForPage(state) asks Python to draw
// the page beside the charts again.
function monitor(places, data, view, change, persist, askForPage) {
  const { runs: [{ route, name = "" } = {}], preview, colours, names, words, menu } = data;
  const source = data.in_browser ? local : route && served(route);
  const page = untilDrawn(askForPage);
  let pageState = null; // what the page shows of the run, as one of the texts in the server's answer: { name, text, over }
  const head = status(places.status, words, names, places.facts);
  const again = replay(places.replay, words.replay, () => view().replay, (speed) => change("replay", speed), show);
  const chart = charts(places.chart, places.rest, { words: words.charts, menuWords: menu, names, colours }, view, change, persist);
  const gallery = element("section", "xrm-gallery", places.images, { hidden: "" });
  const title = element("h3", "", gallery);
  const said = element("p", "xrm-said", places.rest, { "aria-live": "polite" });
  const remarked = element("div", "xrm-remarks", places.rest);
  const showWeights = weights(element("div", "xrm-first", places.rest), words);
  const foot = element("p", "xrm-download", places.rest, { hidden: "" });
  const zip = element("a", "", foot, { text: words.download });
  const buttons = data.in_browser && commands(places.commands, { ...words.commands, ...words.in_browser });
  let cards = null;
  let predicted = null; // the step whose predictions are shown, if they came during the training
  let evaluated = null; // the step of the last evaluation that was requested

  // What an untrained network says, until the run has something to show.
  function showPreview() {
    const { classes, rows, test_loss, test_accuracy, sprite } = preview;
    const first = { epoch: 0, step: 0, seconds: 0, test_loss, test_accuracy };
    const run = { state: "ready", started: { classes, layers: rows }, steps: [], epochs: [first], changes: [], diverged: null };
    head.show(run);
    chart.draw([{ run, name: "", colour: "var(--accent)" }]);
    chart.describe(fill(words.charts.said_untrained, { loss: number(test_loss, 2), percent: number(100 * test_accuracy, 1) }));
    showLogits(preview, preview, fill(words.samples.title_untrained, { right: "@{right}", n: preview.labels.length }), () => sprite);
  }

  function receive(run) {
    again.receive(run);
    buttons?.show(run);
    if (run.over && run.state !== "gone" && source.zip && foot.hidden) offerZip();
    if (pageState && run.state !== "lost") page.is(run[pageState.name] ?? (pageState.over ? pageState.text : run.state));
  }

  // The run as it is or, in a replay, as it was.
  function show(run) {
    head.show(run);
    if (!run.started || !(run.steps?.length || run.epochs?.length)) return;
    chart.draw([{ run, name, colour: "var(--accent)" }]);
    if (!run.epochs.length) return; // its first evaluation comes after the first step
    describe(run);
    showPictures(run);
  }

  async function offerZip() {
    foot.hidden = false;
    zip.download = `${route.split("/").at(-1)}.zip`;
    zip.href = await source.zip().catch(() => "");
    foot.hidden = !zip.getAttribute("href");
  }

  // The text for those who cannot see the charts; it changes once an epoch.
  function describe(run) {
    const { steps, epochs } = run;
    const { epoch, step, test_loss, test_accuracy } = epochs.at(-1);
    const values = {
      when: when(epochs.at(-1), run, words), loss: number(test_loss, 2), percent: number(100 * test_accuracy, 1),
      first: number(steps[0]?.[STEP.mean] ?? test_loss, 2), last: number(steps.at(-1)?.[STEP.mean] ?? test_loss, 2),
    };
    if (said.dataset.step === String(step)) return;
    said.dataset.step = step;
    said.textContent = fill(epoch ? words.charts.said : words.charts.said_untrained, values);
    chart.describe(said.textContent);
    remarked.replaceChildren();
    for (const text of remarks(run, words)) element("p", "", remarked, { text });
  }

  // The predictions for the sample images: the last ones reported or, if there are none, those of the last evaluation.
  async function showPictures(run) {
    const { epochs, started, samples: live, state } = run;
    const { epoch, step } = epochs.at(-1);
    places.rest.classList.toggle("xrm-replayed", state === "replayed"); // only the final weights are kept
    if (!live) predicted = null;
    if (live && live.step !== predicted) {
      predicted = live.step;
      showLogits(started, live, fill(words.samples.title_step, { step: live.step, right: "@{right}", n: live.labels.length }));
    }
    if (step === evaluated) return;
    evaluated = step;
    const ofClasses = started.configuration?.model === "softmax";
    if (started.configuration?.model !== "mlp") showWeights(source.weights(epoch), ofClasses, named(started.classes));
    if (live) return;
    const found = await persist(places.images, () => source.samples(epoch));
    gallery.classList.toggle("xrm-none", !found); // as of a recorded run without its photographs: the chart has their room
    if (!found || evaluated !== step || predicted !== null) return;
    const values = { when: when(epochs.at(-1), run, words), right: "@{right}", n: found.labels.length };
    showLogits(started, found, fill(words.samples.title, values));
  }

  const named = (classes) => classNames(classes ?? colours, names);

  function showLogits({ classes: keys }, { labels, logits }, text, from = source.sprite) {
    const classes = named(keys);
    const asked = JSON.stringify([classes, labels]);
    if (cards?.asked !== asked) {
      gallery.replaceChildren(title);
      cards = { asked, ...samples(gallery, { labels, classes, colours, words: words.samples }, persist) };
    }
    cards.take(from); // the same classes: the bars move in place
    title.textContent = fill(text, { right: cards.show(logits) });
    gallery.hidden = false;
  }

  function stop() {
    stopFollowing();
    page.remove();
    again.remove();
  }

  function pageShows(next) {
    pageState = next;
    if (pageState) page.shows(pageState.text);
  }

  function redraw() {
    again.refresh();
    chart.refresh();
  }

  if (preview && !(data.in_browser && current())) showPreview();
  buttons?.next(data.in_browser);
  const stopFollowing = source ? source.follow(receive) : () => {};
  pageShows(data.page_state);
  return { redraw, pageShows, nextTraining: buttons?.next, stop, remove: chart.remove };
}
