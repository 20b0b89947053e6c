(() => {
  const cover = document.getElementById("opening");
  // Without a language in the link, the app has the browser's own; the request may have named another one first.
  const told = cover.dataset.by === "link" ? cover.lang : navigator.language;
  const first = told.toLowerCase().split("-")[0];
  if (cover.lang !== (LANGUAGES.includes(first) ? first : "en")) return cover.remove();
  // The theme that a visitor has chosen is kept by Streamlit's client.
  try {
    const theme = localStorage.getItem(`stActiveTheme-${location.pathname}-v2`) ?? "";
    if (/Light|Dark/.test(theme)) cover.style.colorScheme = theme.includes("Dark") ? "dark" : "light";
  } catch {
    // A browser that keeps nothing has no theme kept.
  }
  // On a phone the row of tabs is scrolled to the present one, as shared/in_view.js does.
  const row = cover.querySelector(".head");
  const here = row?.querySelector(".here");
  const reveal = () => {
    const [one, all] = [here, row].map((it) => it.getBoundingClientRect());
    const beside = Math.max(0, Math.min(40, (all.width - one.width) / 2));
    row.scrollLeft += Math.max(-row.scrollLeft, one.right + beside - all.right);
  };
  if (here) {
    reveal();
    document.fonts.ready.then(reveal);
  }
  const title = cover.querySelector(".hero") ? ".st-key-hero-words h1" : ".st-key-head h1";
  const tabs = cover.querySelectorAll("span").length;
  const line = cover.querySelector("p") ? ".st-key-line p, .st-key-hero-words p" : "body";
  const isShown = () =>
    document.querySelector(title) && document.querySelector(line) && document.querySelectorAll(".st-key-head button").length >= tabs;
  // Whatever else happens, such as an error, is not to be covered; nor is an app that has nothing more to show.
  const ENDED = "[role=dialog], .stException, [data-test-connection-state=CONNECTED][data-test-script-state=notRunning]";
  const watch = new MutationObserver(() => {
    if (!isShown() && !document.querySelector(ENDED)) return;
    watch.disconnect();
    cover.remove();
  });
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-test-script-state"] });
})();
