// Keeps what lets this browser be known again after a reload. No link holds it, and no other site can have it sent: in
// a frame of another site, browsers keep it for the frames of that site alone, and only where the connection is secure.
import { defineComponent } from "../shared/mount.js";

const MOST = 20; // cookies with one prefix: the browser sends them all with every request

export default defineComponent(import.meta.url, (root) => {
  root.className = "xb xre";
  return { update: keep };
});

export function keep({ prefix, id, secret, hours }) {
  const name = prefix + id;
  set(name, secret, 3600 * hours);
  // Browsers name the oldest first.
  const names = document.cookie.split("; ").map((cookie) => cookie.split("=")[0]);
  const others = names.filter((other) => other.startsWith(prefix) && other !== name);
  for (const other of others.slice(0, Math.max(0, others.length + 1 - MOST))) set(other, "", 0);
}

function set(name, value, seconds) {
  const path = new URL("./", document.baseURI).pathname;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const framed = window.top !== window && window.isSecureContext;
  const sent = framed ? "SameSite=None; Secure; Partitioned" : `SameSite=Strict${secure}`;
  document.cookie = `${name}=${value}; Path=${path}; Max-Age=${seconds}; ${sent}`;
}
