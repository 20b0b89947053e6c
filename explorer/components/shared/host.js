// Access to the browser's files and the server's answers: at addresses of their own or, on a host without our routes,
// through Streamlit's connection (components/websocket_bridge/).

// The address of a browser file, given its address on a host with our routes.
export const located = (file) => globalThis.explorerFile?.(String(file)) ?? String(file);

// The server's answer to `route`, relative to the app's root, as a Response.
export const ask = (route) => globalThis.explorerAsk?.(route) ?? fetch(new URL(route, document.baseURI));

// As ask(), but null if there is no such route, and an error if there is no answer.
export async function answer(route) {
  const response = await ask(route);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${route} answered ${response.status}`);
  return response;
}

// An address of that answer for an image or a download; "" if there is none.
export async function addressOf(route) {
  if (!globalThis.explorerAsk) return new URL(route, document.baseURI).href;
  const response = await ask(route);
  return response.ok ? URL.createObjectURL(await response.blob()) : "";
}

// Post `value` as JSON to a route, and return the answer, from JSON; undefined on a host without our routes.
export async function tell(route, value) {
  if (globalThis.explorerAsk) return undefined;
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(new URL(route, document.baseURI), { method: "POST", headers, body: JSON.stringify(value) });
  return response.json();
}

// Send `file` to a route, which a host without our routes has not. onProgress is called with the bytes that are sent, and
// onSent once all are. Returns the answer, from JSON; it is null if there is none, undefined after cancel(). A proxy that
// takes no file of this size says so with a page of its own.
export function post(route, headers, file, onProgress, onSent) {
  const request = new XMLHttpRequest(); // fetch does not say how much of a file is sent
  request.open("POST", new URL(route, document.baseURI));
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.responseType = "json";
  request.upload.onprogress = ({ loaded }) => onProgress(loaded);
  request.upload.onload = onSent;
  const answer = new Promise((resolve) => {
    request.onload = () => resolve(request.response ?? (request.status === 413 ? { refused: "proxy" } : null));
    request.onerror = () => resolve(null);
    request.onabort = () => resolve(undefined);
  });
  request.send(file);
  return { answer, cancel: () => request.abort() };
}

// Wait, for half a second at most, until the script has said all that is on the page.
export async function complete() {
  const isRunning = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "running";
  for (let turn = 0; turn < 10 && isRunning(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 50));
}

// Wait until Streamlit is connected: what is sent to Python only once would be lost.
export async function connected() {
  const state = () => document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState ?? "CONNECTED";
  while (state() !== "CONNECTED") await new Promise((resolve) => setTimeout(resolve, 300));
}
