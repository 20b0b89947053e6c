// The base of all components: one instance for each mounted element, its style sheet, and a state shared with Python.
// Streamlit calls a component's module again whenever its data or the theme changes.
import "./anchor.js";
import "./history.js";
import { located } from "./host.js";
import "./in_view.js";
import { takePresets } from "./presets.js";
import "./question.js";
import "./terms.js";
import "./touch.js";
import { fromWire, toWire } from "./wire.js";

// The instances of all boards on the page, by their names; show(state) draws another state.
export const boards = (globalThis.explorerMounted ??= new Map());

// create(root, data) builds the elements and returns { update(data), state?, remove()? }; `state` is a SharedState, and
// update may return a promise. `persist` is that of loader.js, which retries what fails here.
export function defineComponent(moduleUrl, create) {
  const instances = new WeakMap();
  return async ({ parentElement, data: bytes, setStateValue, setTriggerValue }, persist) => {
    const { session, shared, called, presets, ...data } = JSON.parse(new TextDecoder().decode(bytes));
    words = shared;
    const needed = ["../shared/shared.css", moduleUrl.replace(/\.js$/, ".css")];
    await Promise.all(needed.map((sheet) => styles(new URL(sheet, moduleUrl))));
    // Streamlit may call for an element that it has removed meanwhile: a board would publish over the one in its place.
    if (!parentElement.isConnected) return undefined;
    let instance = instances.get(parentElement);
    if (!instance) {
      const root = document.createElement("div");
      instance = create(root, data);
      parentElement.append(root);
      instances.set(parentElement, instance);
      if (presets) instance.leavePresets = takePresets(instance);
    }
    Object.assign(instance, { setStateValue, setTriggerValue, persist, presets });
    if (instance.state) {
      const show = (state) => instance.update({ ...data, state });
      const take = (values) => {
        instance.state.take(values);
        instance.update(data);
      };
      boards.set(called, Object.assign(instance, { show, take }));
    }
    const updated = instance.update(data);
    instance.state?.connect(session, setStateValue);
    await updated;
    // What Python writes after a move is read aloud where no board says it by itself (Section.announce).
    for (const node of document.querySelectorAll('[class*="st-key-"][class*="live-"]')) node.setAttribute("role", "status");
    return () => {
      // Streamlit also cleans up after a call that a later one overtook; the element still exists then.
      if (parentElement.isConnected) return;
      instances.delete(parentElement);
      if (boards.get(called) === instance) boards.delete(called);
      instance.leavePresets?.();
      instance.remove?.();
    };
  };
}

// Texts that all components share.
let words = {};
export const sharedWords = () => words;

const sheets = new Map();

function styles(url) {
  if (!sheets.has(url.href)) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = located(url);
    const loaded = new Promise((resolve, reject) => {
      link.onload = resolve;
      link.onerror = () => {
        sheets.delete(url.href);
        link.remove();
        reject(new Error(`${link.href} could not be loaded`));
      };
    });
    sheets.set(url.href, loaded);
    document.head.append(link);
  }
  return sheets.get(url.href);
}

// A state that both sides change: the browser in every frame, Python by presets, links and reset. Python's echo of what
// was sent is ignored; any other state from Python replaces the one here.
export class SharedState {
  #sent = []; // states that Python has not echoed yet
  #taken = false; // whether values were taken over since the last `receive`
  #received = null;
  #session = null;
  #send = null;

  constructor(state) {
    this.now = fromWire(state);
    this.#received = JSON.stringify(state);
  }

  // Receive Python's state; return whether it changed the state here.
  receive(state) {
    const text = JSON.stringify(state);
    const taken = this.#taken;
    this.#taken = false;
    if (text === this.#received) return taken;
    this.#received = text;
    const echo = this.#sent.lastIndexOf(text);
    this.#sent = echo < 0 ? [] : this.#sent.slice(echo + 1);
    if (echo >= 0) return taken;
    this.now = fromWire(state);
    return true;
  }

  // Take some values over from Python's data, and send them; the next `receive` says that the state has changed.
  take(values) {
    Object.assign(this.now, fromWire(values));
    this.#taken = true;
    this.send();
  }

  // Send the state to Python.
  send() {
    const state = toWire(this.now);
    const text = JSON.stringify(state);
    if (text === (this.#sent.at(-1) ?? this.#received)) return;
    this.#sent.push(text);
    this.#send(state);
  }

  // Set the function that sends to Python. After a lost connection there is a new session, which needs the last state.
  connect(session, setStateValue) {
    const isAnother = this.#session !== null && this.#session !== session;
    this.#session = session;
    // Streamlit calls Python only for changed values, so the value contains the session.
    this.#send = (state) => setStateValue("state", { ...state, session });
    if (isAnother && this.#sent.length) this.#send(JSON.parse(this.#sent.at(-1)));
  }
}

// Call draw(timeStamp of the latest event) once in the next animation frame, however often this is called.
export function onNextFrame(draw) {
  let latest = null;
  return (timeStamp) => {
    if (latest === null) {
      requestAnimationFrame(() => {
        const at = latest;
        latest = null;
        draw(at);
      });
    }
    latest = timeStamp;
  };
}

// Boards publish their values to the figures beside them, in the same frame. The last values are global, because a second
// attempt to load a component loads this module again.
const EVENT = "explorer:board";
const last = (globalThis.explorerBoards ??= new Map());

export function publish(board, values, timeStamp) {
  last.set(board, values);
  document.dispatchEvent(new CustomEvent(EVENT, { detail: { board, values, timeStamp } }));
}

export function subscribe(board, listener) {
  const receive = (event) => event.detail.board === board && listener(event.detail.values);
  document.addEventListener(EVENT, receive);
  if (last.has(board)) listener(last.get(board));
  return () => document.removeEventListener(EVENT, receive);
}

// A board's figure may be elsewhere on the page: where a `board_figure` makes room for it.
const rooms = new Map();
const figures = new Map();

const join = (name) => rooms.has(name) && figures.has(name) && rooms.get(name).replaceChildren(figures.get(name));

export function offerRoom(name, room) {
  rooms.set(name, room);
  join(name);
  return () => rooms.get(name) === room && rooms.delete(name);
}

// Place a board's figure, or its parts ({ figure, … }), where there is room; until then, they stay where they are.
export function placeFigure(board, parts) {
  const placed = Object.entries(parts).map(([part, node]) => [`${board}.${part}`, node]);
  for (const [name, node] of placed) {
    figures.set(name, node);
    join(name);
  }
  return () => {
    for (const [name, node] of placed) {
      node.remove();
      if (figures.get(name) === node) figures.delete(name);
    }
  };
}

export function element(tag, className, parent, attributes = {}) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}
