// What lets this browser be known again after a reload; 0 seconds forget it. No link holds it, and no other site can
// have it sent.
export function remember(name, value, seconds) {
  const path = new URL("./", document.baseURI).pathname;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=${path}; Max-Age=${seconds}; SameSite=Strict${secure}`;
}
