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

// Wait until Streamlit is connected: what is sent to Python only once would be lost.
export async function connected() {
  const state = () => document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState ?? "CONNECTED";
  while (state() !== "CONNECTED") await new Promise((resolve) => setTimeout(resolve, 300));
}
