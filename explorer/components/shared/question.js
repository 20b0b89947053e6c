// On a phone the question of the moment is one line; a touch, or asking for its hint, opens it: main.css. It is an attribute
// that says so, because Streamlit's client sets the classes anew when it draws the page again.
document.addEventListener("click", ({ target }) => {
  const text = target.closest?.('[class*="st-key-question-"]')?.firstElementChild;
  if (text?.contains(target)) text.toggleAttribute("data-open");
  else if (target.closest?.('[class*="-ask_hint"]')) text?.toggleAttribute("data-open", true);
});
