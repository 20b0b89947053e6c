// Room for a board's figure: the board moves its node here, and goes on drawing into it.
import { defineComponent, offerRoom } from "../shared/mount.js";

export default defineComponent(import.meta.url, (root, { room }) => {
  root.className = "xb xbp";
  const remove = offerRoom(room, root);
  return { update() {}, remove };
});
