// A dialog that shows `content`, with a button to copy what copied() returns, its text, and one to close it.
import { element } from "./mount.js";

// Returns { dialog, name(words): write the buttons in these words }.
export function copyDialog(root, className, content, copied) {
  const dialog = element("dialog", className, root);
  dialog.append(content);
  const row = element("div", "xfm-row", dialog);
  const copy = element("button", "", row, { type: "button" });
  const close = element("button", "", row, { type: "button" });
  copy.onclick = () => {
    // Without HTTPS there is no clipboard, so the content is selected to be copied by hand.
    getSelection().selectAllChildren(content);
    navigator.clipboard?.writeText(copied());
  };
  close.onclick = () => dialog.close();
  const name = (words) => ([copy.textContent, close.textContent] = [words.copy, words.close]);
  return { dialog, name };
}
