// Shows a training run: its state, its loss and accuracy, and its predictions for ten images.
import { addressOf, answer } from "../shared/host.js";
import { element, defineComponent, SharedState } from "../shared/mount.js";
import { number } from "../shared/notation.js";
import { untilDrawn } from "../shared/until_drawn.js";
import { fromWire } from "../shared/wire.js";
import { charts } from "./charts.js";
import { follow, STEP } from "./feed.js";
import { layers } from "./layers.js";
import { replay } from "./replay.js";
import { samples } from "./samples.js";
import { status } from "./status.js";
import { weights } from "./weights.js";
import { fill, when } from "./words.js";

export default defineComponent(import.meta.url, (root, first) => {
  // What the chart shows; it is kept by Python, and is in the link.
  const view = first.state && new SharedState(first.state);
  const instance = { update, state: view, remove: () => shown?.remove() };
  let shown = null;
  let told = null;

  function update(data) {
    if (view?.receive(data.state)) shown?.redraw();
    const asked = JSON.stringify([data.words, data.preview]);
    if (asked === told) {
      shown.pageShows?.(data.drawn);
      return shown.redraw();
    }
    told = asked; // another language or model
    shown?.remove();
    root.replaceChildren();
    root.className = "xb xrm";
    const askForPage = (state) => instance.setStateValue("drawn", state);
    if (!data.runs.length) shown = preview(root, data, instance.persist);
    else if (data.runs.length > 1) shown = comparison(root, data, () => view.now, change, instance.persist);
    else shown = monitor(root, data, () => view.now, change, instance.persist, askForPage);
  }

  function change(name, value) {
    view.now = { ...view.now, [name]: value };
    shown.redraw();
    clearTimeout(change.later);
    change.later = setTimeout(() => view.send(), 300);
  }

  return instance;
});

function preview(root, { preview: { sprite, labels, logits, classes, rows }, colours, names, words }, persist) {
  const named = classes.map((name) => names[name] ?? name);
  layers(root, words).show(rows);
  samples(root, { sprite: () => sprite, labels, classes: named, colours, words: words.samples }, persist).show(logits);
  return { redraw() {}, remove() {} };
}

// Several runs in one chart.
function comparison(root, { runs, colours, names, words }, view, change, persist) {
  const chart = charts(root, { words: words.charts, names, colours }, view, change, persist);
  const said = element("p", "xrm-said", root);
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
  return {
    redraw: chart.refresh,
    remove() {
      stops.forEach((stop) => stop());
      chart.remove();
    },
  };
}

// askForPage(state) asks Python to draw the page beside the charts again.
function monitor(root, data, view, change, persist, askForPage) {
  const { runs: [{ route, name }], colours, names, words } = data;
  const page = untilDrawn(askForPage);
  let drawn = null; // what the page shows of the run, as one of the texts in the server's answer: { name, text, over }
  const head = status(root, words, names);
  const again = replay(root, words.replay, () => view().replay, (speed) => change("replay", speed), show);
  const chart = charts(root, { words: words.charts, names, colours }, view, change, persist);
  const said = element("p", "xrm-said", root, { "aria-live": "polite" });
  const place = element("div", "", root);
  const gallery = element("section", "xrm-gallery", place, { hidden: "" });
  const title = element("h3", "", gallery);
  const firstWeights = element("div", "", root);
  const showWeights = weights(firstWeights, words);
  const foot = element("p", "xrm-download", root, { hidden: "" });
  const zip = element("a", "", foot, { download: `${route.split("/").at(-1)}.zip`, text: words.download });
  let pictures = null;
  let pictured = null; // the step whose predictions are shown, if they came during the training
  let evaluated = null; // the step of the last evaluation that was requested

  const stop = follow(route, (run) => {
    again.receive(run);
    if (run.over && run.state !== "gone" && foot.hidden) offerZip();
    if (drawn && run.state !== "lost") page.is(run[drawn.name] ?? (drawn.over ? drawn.text : run.state));
  });

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
    zip.href = await addressOf(`${route}/run.zip`).catch(() => "");
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
  }

  // The predictions for the sample images: the last ones reported or, if there are none, those of the last evaluation.
  async function showPictures(run) {
    const { epochs, started, samples: live, state } = run;
    const { epoch, step } = epochs.at(-1);
    firstWeights.classList.toggle("xrm-later", state === "replayed"); // only the final weights are kept
    if (!live) pictured = null;
    if (live && live.step !== pictured) {
      pictured = live.step;
      showLogits(started, live, fill(words.samples.title_step, { step: live.step, right: "@{right}", n: live.labels.length }));
    }
    if (step === evaluated) return;
    evaluated = step;
    const ofClasses = started.configuration?.model === "softmax";
    if (started.configuration?.model !== "mlp") showWeights(addressOf(`${route}/weights.png?epoch=${epoch}`), ofClasses, named(started.classes));
    if (live) return;
    const found = await persist(place, async () => {
      const response = await answer(`${route}/samples/${epoch}`);
      return response && fromWire(await response.json());
    });
    if (!found || evaluated !== step || pictured !== null) return;
    const values = { when: when(epochs.at(-1), run, words), right: "@{right}", n: found.labels.length };
    showLogits(started, found, fill(words.samples.title, values));
  }

  async function sprite() {
    const response = await answer(`${route}/samples.png`);
    return response ? URL.createObjectURL(await response.blob()) : "";
  }

  const named = (classes) => (classes ?? colours).map((name) => names[name] ?? name);

  function showLogits({ classes: told }, { labels, logits }, text) {
    const classes = named(told);
    pictures ??= samples(gallery, { sprite, labels, classes, colours, words: words.samples }, persist);
    title.textContent = fill(text, { right: pictures.show(logits) });
    gallery.hidden = false;
  }

  function remove() {
    stop();
    page.remove();
    again.remove();
    chart.remove();
  }

  function pageShows(next) {
    drawn = next;
    if (drawn) page.shows(drawn.text);
  }

  function redraw() {
    again.refresh();
    chart.refresh();
  }

  pageShows(data.drawn);
  return { redraw, pageShows, remove };
}
