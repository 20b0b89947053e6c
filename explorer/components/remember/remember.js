// Stores the cookies by which this browser is recognised after a reload. They are in no link, and no other site can make
// the browser send them: in a frame of another site, they are kept for the frames of that site alone, and only on HTTPS.
import { defineComponent } from "../shared/mount.js";

const MOST = 20; // cookies with one prefix: the browser sends them all with every request

export default defineComponent(import.meta.url, (root) => {
  root.className = "xb xre";
  return { update: keep };
});

export function keep({ prefix, id, secret, hours }) {
  const name = prefix + id;
  set(name, secret, 3600 * hours);
  // Browsers list the oldest first.
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
