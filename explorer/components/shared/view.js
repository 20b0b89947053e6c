// How a figure is looked at. What scrolls a page scrolls it over a figure too: the wheel, and a finger that goes up or
// down. A scene is turned by the mouse or by a finger that goes sideways, zoomed by two fingers or by the wheel with
// Ctrl; a button brings the first view back. Scenes of one group turn together.
import { element, sharedWords } from "./mount.js";

const SLOP = 8; // pixels after which it is known where a finger goes
const POLE = 0.05; // radians between the camera and the straight line up
const NEAREST = 0.3; // times the first distance
const FARTHEST = 4;
const TURNED = "explorer:turned";

const scenesOf = (plot) => Object.values(plot._fullLayout ?? {}).flatMap((part) => part?._scene ?? []);

// reset() draws the figure as it was at first, and returns a promise of it. It gives the keyboard another place, since the
// button goes. Returns { drawn(anew, group), watch(), remove() }.
export function viewOf(root, plot, reset) {
  const button = element("button", "xb-first", root, { type: "button", hidden: "" });
  let group = "";
  let first = []; // the scenes' cameras in the first view
  let zoomed = false; // whether the axes of a plot without a scene show a part of it
  let fingers = null;
  let frames = 0; // in which it is to be said how the scenes are turned

  button.onclick = async () => {
    await reset();
    tell();
  };
  root.addEventListener("wheel", wheel, { capture: true, passive: false });
  root.addEventListener("touchstart", touchStart, { capture: true, passive: false });
  root.addEventListener("touchmove", touchMove, { capture: true, passive: false });
  root.addEventListener("touchend", touchEnd, { capture: true });
  root.addEventListener("touchcancel", touchEnd, { capture: true });
  document.addEventListener(TURNED, hear);

  function wheel(event) {
    const scene = sceneAt(event);
    if (!scene) return;
    event.stopPropagation(); // plotly would keep it from the page
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1);
    look(scene, { nearer: Math.exp(Math.max(-0.25, Math.min(0.25, 0.004 * turned))) });
  }

  // Plotly sees no finger: it would take each of them for a drag. A tap still is a click.
  function touchStart(event) {
    if (!plot.contains(event.target)) return;
    event.stopPropagation();
    fingers = sceneAt(event) && { ...measure(event), turning: event.touches.length > 1 };
    if (fingers?.turning) event.preventDefault();
  }

  function touchMove(event) {
    if (plot.contains(event.target)) event.stopPropagation();
    if (!fingers) return;
    const now = measure(event);
    const [dx, dy] = [now.x - fingers.x, now.y - fingers.y];
    if (!fingers.turning) {
      if (Math.hypot(dx, dy) < SLOP) return;
      if (Math.abs(dy) >= Math.abs(dx)) return (fingers = null); // the page's
    }
    event.preventDefault();
    look(sceneAt(event), { dx, dy, nearer: fingers.spread / now.spread });
    fingers = { ...now, turning: true };
  }

  function touchEnd(event) {
    if (plot.contains(event.target)) event.stopPropagation();
    fingers = fingers && event.touches.length ? { ...measure(event), turning: true } : null;
  }

  // Where the fingers are, on the whole, and how far apart.
  function measure({ touches }) {
    const [a, b = a] = touches;
    return {
      x: (a.clientX + b.clientX) / 2,
      y: (a.clientY + b.clientY) / 2,
      spread: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) || 1,
    };
  }

  function sceneAt({ target }) {
    return scenesOf(plot).find(({ container }) => container.contains(target));
  }

  // Turn a scene by so many pixels, as the mouse does, and go to so many times the distance.
  function look(scene, { dx = 0, dy = 0, nearer = 1 }) {
    const camera = scene.getCamera();
    const { eye, center } = camera;
    const [x, y, z] = ["x", "y", "z"].map((axis) => eye[axis] - center[axis]);
    const distance = Math.hypot(x, y, z);
    const home = first[scenesOf(plot).indexOf(scene)];
    const start = Math.hypot(...["x", "y", "z"].map((axis) => home.eye[axis] - home.center[axis]));
    const radius = Math.min(FARTHEST * start, Math.max(NEAREST * start, distance * nearer));
    const turn = Math.PI / scene.container.clientHeight;
    const round = Math.atan2(y, x) - turn * dx;
    const down = Math.min(Math.PI - POLE, Math.max(POLE, Math.acos(z / distance) - turn * dy));
    camera.eye = {
      x: center.x + radius * Math.sin(down) * Math.cos(round),
      y: center.y + radius * Math.sin(down) * Math.sin(round),
      z: center.z + radius * Math.cos(down),
    };
    set(scene, camera);
    tell();
  }

  const cameras = () => scenesOf(plot).map((scene) => scene.getCamera());

  function set(scene, { eye, center, up }) {
    scene.camera.lookAt(...[eye, center, up].map(({ x, y, z }) => [x, y, z]));
    button.hidden = isFirst();
  }

  function isFirst() {
    const near = (one, other) => ["x", "y", "z"].every((axis) => Math.abs(one[axis] - other[axis]) < 1e-6);
    const same = ({ eye, center, up }, i) => near(eye, first[i].eye) && near(center, first[i].center) && near(up, first[i].up);
    return !zoomed && cameras().every(same);
  }

  // Say how the scenes are turned now.
  function tell() {
    button.hidden = isFirst();
    if (group) document.dispatchEvent(new CustomEvent(TURNED, { detail: { group, from: root, cameras: cameras() } }));
  }

  function hear({ detail }) {
    if (detail.group !== group || detail.from === root) return;
    scenesOf(plot).forEach((scene, i) => detail.cameras[i] && set(scene, detail.cameras[i]));
  }

  // What plotly has drawn; `anew`: as it is to be seen at first. Scenes of one `shared` group turn together.
  function drawn(anew, shared = "") {
    group = shared;
    button.textContent = sharedWords().reset_view;
    if (anew) [first, zoomed] = [cameras(), false];
    button.hidden = isFirst();
  }

  // Listen to a plot that plotly has begun: plotly itself takes the mouse.
  function watch() {
    let undone = false;
    plot.on("plotly_relayouting", follow);
    plot.on("plotly_doubleclick", () => (undone = true));
    plot.on("plotly_relayout", (changes) => {
      if (Object.keys(changes).some((name) => /^[xy]axis\d*\./.test(name))) zoomed = !undone;
      undone = false;
      follow();
    });
  }

  // When the mouse has let go of a scene, it glides on for a frame or two.
  function follow() {
    const waiting = frames > 0;
    frames = 10;
    if (!waiting) requestAnimationFrame(again);
  }

  function again() {
    if (!root.isConnected) return;
    tell();
    frames -= 1;
    if (frames > 0) requestAnimationFrame(again);
  }

  return { drawn, watch, remove: () => document.removeEventListener(TURNED, hear) };
}
