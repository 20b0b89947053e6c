// The view of a figure. Over a figure, the wheel and a finger that moves up or down scroll the page, as elsewhere. A scene
// is rotated with the mouse or a finger that moves sideways, and zoomed with two fingers or with Ctrl and the wheel; a
// button resets the view. The scenes of a group rotate together.
import { element, sharedWords } from "./mount.js";
import { SLOP } from "./touch.js";

const POLE = 0.05; // radians, the least angle between the camera and the vertical
const NEAREST = 0.3; // times the first distance
const FARTHEST = 4;
const TURNED = "explorer:turned";

const scenesOf = (plot) => Object.values(plot._fullLayout ?? {}).flatMap((part) => part?._scene ?? []);

// reset() draws the figure in its first view, moves the focus, since the button disappears, and returns a promise.
// Returns { drawn(anew, group), watch(), remove() }.
export function viewOf(root, plot, reset) {
  const button = element("button", "xb-first", root, { type: "button", hidden: "" });
  let group = "";
  let first = []; // the scenes' cameras in the first view
  let zoomed = false; // whether the axes of a plot without a scene are zoomed
  let fingers = null;
  let frames = 0; // in which the cameras are still to be sent to the group

  button.onclick = async () => {
    await reset();
    sendCameras();
  };
  root.addEventListener("wheel", wheel, { capture: true, passive: false });
  root.addEventListener("touchstart", touchStart, { capture: true, passive: false });
  root.addEventListener("touchmove", touchMove, { capture: true, passive: false });
  root.addEventListener("touchend", touchEnd, { capture: true });
  root.addEventListener("touchcancel", touchEnd, { capture: true });
  document.addEventListener(TURNED, receiveCameras);

  function wheel(event) {
    const scene = sceneAt(event);
    if (!scene) return;
    event.stopPropagation(); // plotly would not let it scroll the page
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1);
    look(scene, { distanceFactor: Math.exp(Math.max(-0.25, Math.min(0.25, 0.004 * turned))) });
  }

  // Plotly gets no touch events, as it would treat each as a drag. A tap is still a click.
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
      if (Math.abs(dy) >= Math.abs(dx)) return (fingers = null); // it scrolls the page
    }
    event.preventDefault();
    look(sceneAt(event), { dx, dy, distanceFactor: fingers.spread / now.spread });
    fingers = { ...now, turning: true };
  }

  function touchEnd(event) {
    if (plot.contains(event.target)) event.stopPropagation();
    fingers = fingers && event.touches.length ? { ...measure(event), turning: true } : null;
  }

  // The centre of the fingers, and their distance.
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

  // Rotate a scene by so many pixels, as with the mouse, and multiply the camera's distance.
  function look(scene, { dx = 0, dy = 0, distanceFactor = 1 }) {
    const camera = scene.getCamera();
    const { eye, center } = camera;
    const [x, y, z] = ["x", "y", "z"].map((axis) => eye[axis] - center[axis]);
    const distance = Math.hypot(x, y, z);
    const home = first[scenesOf(plot).indexOf(scene)];
    const start = Math.hypot(...["x", "y", "z"].map((axis) => home.eye[axis] - home.center[axis]));
    const radius = Math.min(FARTHEST * start, Math.max(NEAREST * start, distance * distanceFactor));
    const turn = Math.PI / scene.container.clientHeight;
    const azimuth = Math.atan2(y, x) - turn * dx;
    const polar = Math.min(Math.PI - POLE, Math.max(POLE, Math.acos(z / distance) - turn * dy));
    camera.eye = {
      x: center.x + radius * Math.sin(polar) * Math.cos(azimuth),
      y: center.y + radius * Math.sin(polar) * Math.sin(azimuth),
      z: center.z + radius * Math.cos(polar),
    };
    set(scene, camera);
    sendCameras();
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

  // Send the cameras to the other scenes of the group; the first view is each one's own, as they differ in size.
  function sendCameras() {
    button.hidden = isFirst();
    const sent = isFirst() ? null : cameras();
    if (group) document.dispatchEvent(new CustomEvent(TURNED, { detail: { group, from: root, cameras: sent } }));
  }

  function receiveCameras({ detail }) {
    if (detail.group !== group || detail.from === root) return;
    const given = detail.cameras ?? first;
    scenesOf(plot).forEach((scene, i) => given[i] && set(scene, given[i]));
  }

  // Called after plotly has drawn; `anew`: with the first view. The scenes of a `shared` group rotate together.
  function drawn(anew, shared = "") {
    group = shared;
    button.textContent = sharedWords().reset_view;
    if (anew) [first, zoomed] = [cameras(), false];
    button.hidden = isFirst();
  }

  // Add listeners to a new plot; plotly itself handles the mouse.
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

  // After the mouse has released a scene, it moves on for a frame or two.
  function follow() {
    const waiting = frames > 0;
    frames = 10;
    if (!waiting) requestAnimationFrame(again);
  }

  function again() {
    if (!root.isConnected) return;
    sendCameras();
    frames -= 1;
    if (frames > 0) requestAnimationFrame(again);
  }

  return { drawn, watch, remove: () => document.removeEventListener(TURNED, receiveCameras) };
}
