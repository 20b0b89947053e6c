// Upload of an image: chosen from the device, dropped on the area, or pasted anywhere on the page.
import { fileZone } from "../shared/file_zone.js";
import { connected } from "../shared/host.js";
import { element, defineComponent } from "../shared/mount.js";

export default defineComponent(import.meta.url, (root) => {
  root.className = "xb xpd";
  const { title, hint } = fileZone(root, "image/*", take);
  const note = element("p", "xpd-note", root, { role: "status" });
  let data = null;
  const instance = { update, remove };

  document.addEventListener("paste", paste);

  function paste(event) {
    if (event.clipboardData?.files.length) {
      event.preventDefault();
      take(event.clipboardData.files);
    }
  }

  async function take([file]) {
    if (!file) return;
    if (file.size > data.most) return say(data.words.large);
    say(data.words.sent.replace("@name", file.name));
    const url = await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(file);
    }).catch(() => null); // a folder, or a file that has gone
    if (url === null) return say(data.words.unreadable);
    await connected();
    instance.setTriggerValue("picture", url.slice(url.indexOf(",") + 1));
  }

  function say(text) {
    note.textContent = text;
  }

  function update(next) {
    data = next;
    title.textContent = data.words.title;
    hint.textContent = data.words.hint;
    say("");
  }

  function remove() {
    document.removeEventListener("paste", paste);
  }

  return instance;
});
