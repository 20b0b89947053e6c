// A point on an axis, or on a curve over it; or a curve that is drawn by its heights at some places.
import { setSlider, decimal, stepperField } from "../shared/field.js";
import { element } from "../shared/mount.js";

const MOVES = 900; // milliseconds from the answer to the truth
const SVG = "http://www.w3.org/2000/svg";
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };

// Round numbers from low to high, about five of them.
function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((times) => times * power >= rough) * power;
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + 1e-9; at += step) found.push(Number(at.toPrecision(6)));
  return found;
}

const interpolate = (x, xs, ys) => {
  const after = xs.findIndex((one) => one >= x);
  if (after <= 0) return after === 0 ? ys[0] : ys.at(-1);
  const share = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
  return ys[after - 1] + share * (ys[after] - ys[after - 1]);
};

function svgPath(svg, className) {
  const node = document.createElementNS(SVG, "path");
  node.setAttribute("class", className);
  svg.append(node);
  return node;
}

export function chart(root, data, move, done) {
  const { picture, words } = data;
  const isPoint = picture.kind === "point";
  const [xs, ys] = isPoint ? (picture.curve ?? [null, null]) : [picture.at, null];
  const [left, right] = isPoint ? [picture.low, picture.high] : [picture.at[0], picture.at.at(-1)];
  const bottom = isPoint ? 0 : picture.low;
  const top = isPoint ? (ys ? 1.08 * Math.max(...ys) : 1) : picture.high;
  const across = (x) => (100 * (x - left)) / (right - left);
  const up = (y) => (100 * (y - bottom)) / (top - bottom);
  const d = (x, y) => x.map((at, i) => `${i ? "L" : "M"}${across(at)},${100 - up(y[i])}`).join("");

  const frame = element("div", `xprd-chart${isPoint && !ys ? " xprd-line" : ""}`, root, { role: "group", "aria-label": words.board });
  if (!isPoint) element("span", "xprd-y xb-head", frame, { text: words.y });
  const plot = element("div", "xprd-plot", frame);
  const svg = plot.appendChild(document.createElementNS(SVG, "svg"));
  for (const [name, value] of Object.entries({ viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  const tick = (className, side, at, text) => {
    element("span", `xprd-at ${className}`, plot, { text }).style[side] = `${at}%`;
  };
  for (const x of ticks(left, right)) tick("xprd-at-x", "left", across(x), String(x).replace("-", "−"));
  for (const y of isPoint ? [] : ticks(bottom, top)) tick("xprd-at-y", "bottom", up(y), String(y).replace("-", "−"));
  if (isPoint && picture.mark !== null) tick("xprd-at-mark", "left", across(picture.mark), words.mark);
  element("span", "xprd-x xb-head", frame, { text: words.x });

  const scales = { svg, plot, frame, across, up, d, xs, ys, left, right, bottom, top };
  return (isPoint ? point : curve)(scales, data, move, done);
}

function point({ svg, plot, frame, across, up, d, xs, ys, left, right }, { picture, uncovered, others, words }, move, done) {
  if (ys) svgPath(svg, "xprd-given-curve").setAttribute("d", d(xs, ys));
  const height = (x) => (ys ? up(interpolate(x, xs, ys)) : 0);
  const at = (node, x) => {
    node.style.left = `${across(x)}%`;
    node.style.bottom = `${height(x)}%`;
  };
  for (const [x] of others) at(element("i", "xprd-point xprd-other", plot), x);
  const gap = element("i", "xprd-gap", plot);
  const yours = element("i", "xprd-point xprd-yours", plot);
  if (uncovered) {
    const truth = element("i", "xprd-point xprd-true xprd-moves", plot);
    return {
      answer: ([x]) => {
        at(yours, x);
        at(truth, x);
      },
      truth([x]) {
        const true_x = uncovered.truth[0];
        at(truth, true_x);
        gap.style.left = `${across(Math.min(x, true_x))}%`;
        gap.style.width = `${Math.abs(across(x) - across(true_x))}%`;
        label(plot, words.yours, across(x), height(x));
        label(plot, words.truth, across(true_x), height(true_x), "xprd-true");
      },
    };
  }
  const step = (right - left) / 200;
  const options = { label: words.drag, low: left, high: right, step };
  const change = (value) => move([value]);
  const slider = element("input", "xprd-slider", plot, { type: "range", min: left, max: right, step, "aria-label": words.drag });
  slider.oninput = () => change(Number(slider.value));
  slider.onchange = done;
  const field = stepperField(element("div", "xprd-number", frame), "", options, (value) => {
    change(value);
    done();
  });
  return {
    answer([x]) {
      at(yours, x);
      setSlider(slider, x);
      field.show(x);
    },
  };
}

// The answer is named above its place, the truth below where there is room.
function label(plot, text, x, y, className = "") {
  const node = element("span", `xprd-label ${className}`, plot, { text });
  if (className && (y > 15 || plot.closest(".xprd-line"))) node.classList.add("xprd-below");
  node.style.left = `${Math.min(90, Math.max(6, x))}%`;
  node.style.bottom = `${y}%`;
}

function curve({ svg, plot, across, up, d, xs, left, right, bottom, top }, { picture, uncovered, others, words }, move, done) {
  const whole = (answer) => [picture.first, ...answer];
  const first = element("i", "xprd-point xprd-first", plot);
  first.style.left = "0";
  first.style.bottom = `${up(picture.first)}%`;
  for (const other of others) svgPath(svg, "xprd-other").setAttribute("d", d(xs, whole(other)));
  if (uncovered) {
    const [true_x, true_y] = uncovered.path;
    const between = svgPath(svg, "xprd-between");
    const yours = svgPath(svg, "xprd-yours");
    const truth = svgPath(svg, "xprd-true");
    return {
      answer: (answer) => yours.setAttribute("d", d(xs, whole(answer))),
      truth(answer) {
        if (answer === null) return truth.setAttribute("d", d(true_x, true_y)); // of a choice: nothing was drawn
        const from = true_x.map((x) => interpolate(x, xs, whole(answer)));
        between.setAttribute("d", `${d(true_x, from)}${d([...true_x].reverse(), [...true_y].reverse()).replace("M", "L")}Z`);
        const middle = Math.floor(xs.length / 2);
        label(plot, words.yours, across(xs[middle]), up(whole(answer)[middle]));
        label(plot, words.truth, across(true_x.at(-1)), up(true_y.at(-1)), "xprd-true");
        const draw = (share) => truth.setAttribute("d", d(true_x, from.map((y, i) => y + share * (true_y[i] - y))));
        if (matchMedia("(prefers-reduced-motion: reduce)").matches) return draw(1);
        draw(0);
        const begun = performance.now();
        const next = (now) => {
          const share = Math.min(1, Math.max(0, (now - begun) / MOVES));
          draw(1 - (1 - share) ** 3);
          if (share < 1 && plot.isConnected) requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      },
    };
  }

  const line = svgPath(svg, "xprd-yours");
  const step = (top - bottom) / 100;
  const rounded = (y) => Number((Math.round(Math.min(top, Math.max(bottom, y)) / step) * step).toFixed(6));
  let current = null;
  const set = (heights) => {
    current = current.map((old, i) => (i in heights ? rounded(heights[i]) : old));
    move(current);
  };
  const handles = picture.at.slice(1).map((x, i) => {
    const handle = element("span", "xprd-point xprd-handle", plot, {
      role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-valuemin": bottom, "aria-valuemax": top,
      "aria-label": words.drag.replace("@", x),
    });
    handle.style.left = `${across(x)}%`;
    handle.onkeydown = (event) => {
      const ends = { Home: bottom, End: top }[event.key];
      if (ends === undefined && !KEYS[event.key]) return;
      event.preventDefault();
      set({ [i]: ends ?? current[i] + KEYS[event.key] * step });
    };
    handle.onkeyup = done;
    handle.onblur = done;
    return handle;
  });

  // Whoever draws over the plot sets all heights that the pointer passes; a tap sets the next one.
  plot.classList.add("xprd-drawn");
  let last = null;
  const located = ({ clientX, clientY }) => {
    const box = plot.getBoundingClientRect();
    const [x, y] = [(clientX - box.left) / box.width, 1 - (clientY - box.top) / box.height];
    return { x: left + x * (right - left), y: bottom + y * (top - bottom) };
  };
  const nearest = (x) => picture.at.slice(1).reduce((best, one, i, all) => (Math.abs(one - x) < Math.abs(all[best] - x) ? i : best), 0);
  const draw = (event) => {
    const now = located(event);
    const heights = { [nearest(now.x)]: now.y };
    picture.at.slice(1).forEach((x, i) => {
      const share = (x - last.x) / (now.x - last.x);
      if (share > 0 && share < 1) heights[i] = last.y + share * (now.y - last.y);
    });
    last = now;
    set(heights);
  };
  plot.onpointerdown = (event) => {
    if (event.button !== 0) return;
    plot.setPointerCapture(event.pointerId);
    last = located(event);
    draw(event);
    handles[nearest(last.x)].focus({ preventScroll: true });
    event.preventDefault();
  };
  plot.onpointermove = (event) => last && draw(event);
  plot.onpointerup = plot.onpointercancel = () => {
    if (!last) return;
    last = null;
    done();
  };
  return {
    answer(answer) {
      current = answer;
      line.setAttribute("d", d(xs, whole(answer)));
      handles.forEach((handle, i) => {
        handle.style.bottom = `${up(answer[i])}%`;
        handle.setAttribute("aria-valuenow", answer[i]);
        handle.setAttribute("aria-valuetext", decimal(answer[i]));
      });
    },
  };
}
