// Trains in a thread of its own, and posts a few times a second what there is to show.
import { INPUTS, PIXELS } from "./network.js";
import { Training } from "./training.js";

const SHOWN = 500; // milliseconds from one post to the next
const AT_WORK = 40; // milliseconds after which commands are heard
const SIDE = Math.sqrt(PIXELS);
let training = null;
let wake = () => {};
let told = 0; // the evaluations that were posted
const early = []; // commands that came before there was something to command

onmessage = ({ data }) => {
  if (data.settings) begin(data).catch((error) => postMessage({ failed: String(error) }));
  else if (!training) early.push(data);
  else {
    training.obey(data);
    wake();
  }
};

async function begin({ sheet, settings, classes }) {
  const data = { classes, ...(await read(sheet, classes.length)) };
  training = new Training(data, settings);
  early.forEach((command) => training.obey(command));
  const pictures = training.firstOfClass.map((image) => data.test.images.slice(image * INPUTS, (image + 1) * INPUTS));
  postMessage({ pictures, labels: classes.map((_, k) => k) });
  show();
  let [shown, heard] = [performance.now(), performance.now()];
  while (!training.reason) {
    if (training.paused) {
      show();
      await new Promise((resolve) => (wake = resolve));
    } else {
      training.advance();
    }
    const now = performance.now();
    if (now - shown > SHOWN) {
      show();
      shown = now;
    }
    if (now - heard > AT_WORK) {
      await new Promise((resolve) => setTimeout(resolve));
      heard = performance.now();
    }
  }
  show();
  close();
}

function show() {
  const { step, images, seconds, paused, diverged, reason, rows, changes, evaluations, settings } = training;
  const epochs = evaluations.slice(told);
  told = evaluations.length;
  const weights = settings.model === "softmax" && epochs.length ? training.layers[0].weights : null;
  postMessage({ step, images, seconds, paused, diverged, reason, rows, changes, epochs, weights, samples: training.samples() });
}

// The pictures of a sheet: in its rows, of each class in turn, the training pictures and then the test pictures
// (explorer/images/shapes.py).
async function read(sheet, classes) {
  const bitmap = await createImageBitmap(sheet, { colorSpaceConversion: "none" });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  return split(data, bitmap.width, bitmap.height, classes);
}

function split(rgba, width, height, classes) {
  const across = width / SIDE;
  const count = across * (height / SIDE);
  const images = new Uint8Array(count * INPUTS);
  for (let image = 0; image < count; image += 1) {
    const corner = Math.floor(image / across) * SIDE * width + (image % across) * SIDE;
    for (let pixel = 0; pixel < PIXELS; pixel += 1) {
      const from = 4 * (corner + Math.floor(pixel / SIDE) * width + (pixel % SIDE));
      for (let k = 0; k < 3; k += 1) images[image * INPUTS + 3 * pixel + k] = rgba[from + k];
    }
  }
  const part = (from, of) => ({
    images: images.subarray(from * INPUTS, (from + of * classes) * INPUTS),
    labels: Uint8Array.from({ length: of * classes }, (_, at) => Math.floor(at / of)),
  });
  const ofTest = across; // a row of each class
  const ofTrain = count / classes - ofTest;
  return { train: part(0, ofTrain), test: part(ofTrain * classes, ofTest) };
}
