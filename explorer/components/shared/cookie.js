// What lets this browser be known again after a reload; 0 seconds forget it. No link holds it, and no other site can
// have it sent: in a frame of another site, browsers keep it for the frames of that site alone, and only where the
// connection is secure.
export function remember(name, value, seconds) {
  const path = new URL("./", document.baseURI).pathname;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const framed = window.top !== window && window.isSecureContext;
  const sent = framed ? "SameSite=None; Secure; Partitioned" : `SameSite=Strict${secure}`;
  document.cookie = `${name}=${value}; Path=${path}; Max-Age=${seconds}; ${sent}`;
}
