// A player's part of a round, drawn in the browser as the round goes on: Python has drawn only where it began.
import { tell } from "../shared/host.js";
import { exceeds } from "../shared/losses.js";
import { element, subscribe } from "../shared/mount.js";
import { fill, number } from "../shared/notation.js";

// Python shows the same sentences as Markdown, with some words in bold type.
const plain = (text) => text.replaceAll("**", "");

const PHASES = ["open", "closed", "revealed"];

function isLater(place, other) {
  const [[at, phase], [before, ended]] = [place, other].map((one) => one.split("-"));
  return Number(at) > Number(before) || (at === before && PHASES.indexOf(phase) > PHASES.indexOf(ended));
}

export class PlayedRound {
  #followed;
  #losses = new Map(); // by the index of the image: the player's loss, and the network's
  #given = new Map(); // by the index of the image: the answer that is in

  // `first`: the data of the board as Python has drawn it. changed(isNews) is called when there is something to draw;
  // elsewhere(answer) hands an answer to Python on a host where it cannot be posted.
  constructor(first, changed, elsewhere) {
    this.elsewhere = elsewhere;
    this.round = first.round;
    this.#followed = subscribe(first.round.route, (stage) => {
      const isNews = stage.place !== this.place;
      this.stage = stage;
      changed(isNews);
    });
  }

  // Python has drawn the page, perhaps after the round has gone on.
  drawn(data) {
    this.round = data.round;
    if (!this.stage || !isLater(this.place, data.round.place)) {
      const { image, network, label } = data;
      this.stage = { place: data.round.place, image, network, label, loss: data.round.loss };
    }
    for (const [at, mine, network] of data.round.past) this.#losses.set(at, [mine, network]);
    for (const [at, answer] of data.round.given) this.#given.set(at, answer);
  }

  get place() {
    return this.stage?.place ?? this.round.place; // such as "3-closed"
  }

  get at() {
    return Number(this.place.split("-")[0]);
  }

  get phase() {
    return this.place.split("-")[1];
  }

  get answer() {
    return this.#given.get(this.at) ?? null;
  }

  // What the board draws now.
  now(data) {
    const { image, network, label } = this.stage;
    const open = this.phase === "open";
    return { ...data, image, network, label, open, answer: open ? null : this.answer };
  }

  // Where the sliders stand at an image: where they were left, on this tab; null if they were not moved.
  get left() {
    const [at, ...shares] = JSON.parse(sessionStorage.getItem(this.round.route) ?? "[]");
    return at === this.at ? shares : this.answer;
  }

  leave(shares) {
    sessionStorage.setItem(this.round.route, JSON.stringify([this.at, ...shares]));
  }

  // The button by which a player answers, and whether the answer is in.
  submission(parent, words, shares) {
    const at = this.at;
    const place = element("div", "xgb-submission", parent);
    const button = element("button", "xgb-submit", place, { type: "button" });
    element("span", "xgb-which", place, { text: fill(words.which, { at: at + 1, all: this.round.images }) });
    const told = element("p", "", place, { role: "status" });
    const say = (text) => {
      button.textContent = this.answer ? words.change : words.submit;
      button.classList.toggle("xgb-again", Boolean(this.answer));
      told.textContent = text ?? (this.answer ? words.given : "");
    };
    say();
    button.onclick = async () => {
      const answer = [...shares()];
      button.disabled = true;
      try {
        const { taken, refused } = await this.#sent({ player: this.round.player, at, answer });
        if (taken) this.#given.set(at, answer);
        say(refused ? (words.refused[refused] ?? words.refused.other) : taken ? null : words.late);
      } catch (error) {
        console.warn(error);
        say(words.refused.network);
      }
      button.disabled = false;
    };
  }

  async #sent(value) {
    const told = await tell(`${this.round.route}/answer`, value);
    if (told) return told;
    this.elsewhere(value);
    return { taken: true };
  }

  // Say what has become of the answer, and of all so far.
  verdict(parent, classes, words) {
    const { network, label, loss } = this.stage;
    const said = element("div", "xgb-said", parent, { role: "status" });
    if (!this.answer) element("p", "", said, { text: words.round.missed });
    if (this.phase === "closed") element("p", "", said, { text: words.round.closed });
    if (this.phase === "revealed" && this.answer) {
      const q = this.answer[label];
      const mine = q > 0 ? -Math.log(q) : Infinity;
      this.#losses.set(this.at, [mine, loss]);
      const told = words.told[q === 0 ? "impossible" : exceeds(loss, mine) ? "cheaper" : "more_expensive"];
      const values = { y: classes[label], q: number(q), loss: number(mine), p: number(network[label]), network: number(loss) };
      element("p", "", said, { text: plain(fill(told, values)) });
    }
    if (this.#losses.size) element("p", "xgb-so-far", said, { text: this.#soFar(words) });
  }

  #soFar({ standing, between }) {
    const pairs = [...this.#losses.values()];
    const mean = (values) => number(values.reduce((sum, value) => sum + value, 0) / values.length);
    const mine = pairs.map(([own]) => own);
    const told = [fill(standing.mean, { n: pairs.length, mine: mean(mine), network: mean(pairs.map(([, its]) => its)) })];
    const finite = mine.filter(Number.isFinite);
    if (finite.length < mine.length) told.push(fill(standing.endless, { count: mine.length - finite.length }));
    if (finite.length && finite.length < mine.length) told.push(fill(standing.rest, { mine: mean(finite) }));
    return plain(told.join(between));
  }

  remove() {
    this.#followed();
  }
}
