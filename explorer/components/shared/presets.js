// A preset that sets nothing but what a board shows is a move of this board: it is seen before Python answers the press,
// and sent with it. For any other, Python has told nothing of what it sets (Settings.presets_within).

// Have `board` take what the pills of `board.presets` set; returns the function that ends this.
export function takePresets(board) {
  const press = ({ type, target }) => {
    const { pills, sets } = board.presets;
    const pill = target.closest?.(`.st-key-${pills.replaceAll(".", "-")} button:enabled`);
    if (!pill || (type === "keyup" && !pill.dataset.pressed)) return; // a key gives these buttons no click
    const values = sets[[...pill.parentElement.children].indexOf(pill)];
    if (values) board.take(values);
  };
  for (const type of ["click", "keyup"]) document.addEventListener(type, press, true);
  return () => ["click", "keyup"].forEach((type) => document.removeEventListener(type, press, true));
}
