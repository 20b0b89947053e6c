// On a phone the question of the moment is one line; a touch, or asking for its hint, opens it, and the next touch elsewhere,
// as on a slider, closes it: main.css. It is an attribute that says so, because Streamlit's client sets the classes anew when
// it draws the page again.
const LINE = '[class*="st-key-question-"]';

document.addEventListener("click", ({ target }) => {
  const text = target.closest?.(LINE)?.firstElementChild;
  if (text?.contains(target)) text.toggleAttribute("data-open");
  else if (target.closest?.('[class*="-ask_hint"]')) text?.toggleAttribute("data-open", true);
  else if (target.closest?.('[class*="-question-show"]')) text?.removeAttribute("data-open");
});
document.addEventListener("pointerdown", ({ target }) => {
  for (const text of document.querySelectorAll(`${LINE} > [data-open]`)) {
    if (!text.parentElement.contains(target)) text.removeAttribute("data-open");
  }
});
