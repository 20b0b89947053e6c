// Brings a ZIP file, chosen or dropped, to the server's own route, and tells Python the id under which it is open.
import { fileZone } from "../shared/file_zone.js";
import { connected, post } from "../shared/host.js";
import { element, defineComponent } from "../shared/mount.js";
import { fill } from "../shared/notation.js";

const MB = 1e6;

export default defineComponent(import.meta.url, (root) => {
  root.className = "xb xru";
  const { title, hint } = fileZone(root, ".zip,application/zip", send);
  const going = element("div", "xru-going", root, { hidden: "" });
  const bar = element("progress", "", going, { max: "1" });
  const cancel = element("button", "", going, { type: "button" });
  const done = element("span", "", going);
  const note = element("p", "xru-note", root, { role: "status" });
  let data = null;
  let sending = null;
  const instance = { update, remove };

  cancel.onclick = () => sending?.cancel();

  async function send([file]) {
    if (!file || sending) return;
    say("");
    if (file.size > data.most * MB) return refuse({ refused: "bytes", most: data.most });
    // A folder, or a file that has gone, cannot be read; asked now, the server is not troubled with it.
    if (!(await file.slice(0, 1).arrayBuffer().then(() => true, () => false))) return refuse({ refused: "unreadable" });
    going.hidden = false;
    progress(0, file.size);
    const headers = { [data.header]: data.secret, "Content-Type": "application/zip" };
    const onSent = () => (done.textContent = data.words.checking);
    sending = post(data.route, headers, file, (bytes) => progress(Math.min(bytes, file.size), file.size), onSent);
    const answer = await sending.answer;
    sending = null;
    going.hidden = true;
    const id = answer?.[data.what];
    if (!id) return refuse(answer ?? { refused: answer === null ? "network" : "cancelled" });
    say(fill(data.words.opened, { name: file.name }));
    await connected();
    instance.setTriggerValue("opened", id);
  }

  function progress(loaded, all) {
    bar.value = all ? loaded / all : 0;
    const values = { percent: Math.floor(100 * bar.value), done: (loaded / MB).toFixed(1), all: (all / MB).toFixed(1) };
    done.textContent = fill(data.words.going, values);
  }

  function refuse({ refused, ...values }) {
    say(fill(data.words.refused[refused] ?? data.words.refused.other, values));
    note.classList.toggle("xru-refused", refused !== "cancelled");
  }

  function say(text) {
    note.classList.remove("xru-refused");
    note.textContent = text;
  }

  function update(next) {
    data = next;
    title.textContent = data.words.title;
    hint.textContent = fill(data.words.hint, { megabytes: data.most });
    cancel.textContent = data.words.cancel;
  }

  function remove() {
    sending?.cancel();
  }

  return instance;
});
