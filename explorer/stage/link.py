"""A page's address: what it asks for is set, and what gives the same view is written into it."""

import streamlit as st

from explorer.shell import texts
from explorer.shell.settings import RefusedValue, Settings
from explorer.shell.texts import plain
from explorer.shell.visit import is_history_navigation, language, language_query, presenting
from explorer.stage import lecture, prediction


def query(settings: Settings) -> dict[str, str]:
    """Return the parameters of the link that gives this view."""
    return settings.query() | language_query() | ({"present": "1"} if presenting() else {})


def read(settings: Settings) -> list[RefusedValue]:
    """Set what the URL asks for, if it asks for something new, and return what could not be taken as it stands."""
    state = st.session_state
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    known = all(settings.key(name) in state for name in settings.specs)
    if known and state.get("url.page") == settings.page:
        is_new = is_history_navigation()
    else:
        is_new = not known or bool(asked.keys() & settings.specs.keys())
    state["url.page"] = settings.page
    if not is_new:
        return []
    values, refused = settings.parse(asked)
    settings.set(**values | prediction.place(values))
    for tag in asked.get("lang", [])[-1:]:
        if not texts.language_of(tag):
            refused.append(RefusedValue("lang", tag, ", ".join(texts.LANGUAGES), language()))
    return refused


def write(settings: Settings) -> None:
    """Write into the address what gives this view, and the lecture that is led or followed here."""
    wanted = query(settings) | lecture.query()
    # What the browser says may lag behind what is on its way there, but not where it has gone back or forward. Written
    # for the first of two quick steps back, an address would be an entry after that of the second.
    is_told = is_history_navigation() or st.session_state.get("url.written") == wanted
    if not (is_told and st.query_params.to_dict() == wanted):
        st.query_params.from_dict(wanted)
    st.session_state["url.written"] = wanted


def tell_refused(words: texts.Words, refused: list[RefusedValue]) -> None:
    """Say what could not be taken as the link gives it, and what is shown instead."""
    for bad in refused:
        text = plain(bad.text if len(bad.text) <= 40 else bad.text[:40] + "…")
        said = words(f"notice.{bad.why}", name=bad.name, text=text, allowed=plain(bad.allowed))
        now = words("notice.shown", shown=plain(bad.shown)) if bad.shown else words("notice.ignored")
        st.warning(words.sentences(said, now), icon=":material/link_off:")
