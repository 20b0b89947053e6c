"""What every page shares: its language, its settings in the URL, its heading, the way on and the way back.

with frame.page(SETTINGS) as (words, values):
    ...
"""

import contextlib
import re

import streamlit as st

from explorer import words as texts
from explorer.settings import Bad, Settings

# The essay's order: home, then the lesson.
PAGES = {
    "home": "",
    "logistic_regression": "logistic-regression",
    "softmax": "softmax",
    "softmax_or_sigmoid": "softmax-or-sigmoid",
    "cross_entropy": "cross-entropy",
    "train": "train",
}


def path(page: str) -> str:
    """Return the page's file, as `st.Page`, `st.page_link` and AppTest want it."""
    return f"pages/{page}.py"


def language() -> str:
    """Return the visitor's language: chosen in the URL or by the switch, else the browser's."""
    asked = st.query_params.get("lang")
    if asked in texts.LANGUAGES and asked != st.session_state.get("url.lang"):
        st.session_state["language"] = asked
    st.session_state["url.lang"] = asked
    st.session_state.setdefault("language", texts.preferred(st.context.locale))
    return st.session_state["language"]


def language_switch() -> None:
    """Show the switch between the languages."""
    st.segmented_control(
        "Language / 语言",
        list(texts.LANGUAGES),
        format_func=texts.LANGUAGES.get,
        key="language",
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )


@contextlib.contextmanager
def page(settings: Settings):
    """Open a page: yield its words and its values; afterwards write the URL that gives the same picture."""
    words = texts.load(language(), settings.page)
    refused = _read_url(settings)
    st.title(words("title"), anchor=False)
    st.markdown(words("lead"))
    _show_refused(words, refused)
    yield words, settings.values()
    _way_on(words, settings)
    _write_url(settings)


def _query(settings: Settings) -> dict[str, str]:
    query = settings.query()
    if language() != texts.preferred(st.context.locale):
        query["lang"] = language()
    return query


def _read_url(settings: Settings) -> list[Bad]:
    state = st.session_state
    asked = st.query_params.to_dict()
    known = all(settings.key(name) in state for name in settings.table)
    if not known:
        settings.reset()
    if known and state.get("url.page") == settings.page:
        # A control that has moved since the last writing wins over the URL, which merely lags behind it.
        apply = asked != state["url.written"] and _query(settings) == state["url.written"]
    else:
        apply = not known or bool(asked.keys() & settings.table.keys())
    state["url.page"] = settings.page
    if not apply:
        return []
    values, refused = settings.parse(asked)
    settings.set(**values)
    if asked.get("lang", "en") not in texts.LANGUAGES:
        refused.append(Bad("lang", asked["lang"], ", ".join(texts.LANGUAGES), language()))
    return refused


def _write_url(settings: Settings) -> None:
    query = _query(settings)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    st.session_state["url.written"] = query


def _show_refused(words: texts.Words, refused: list[Bad]) -> None:
    for bad in refused:
        text = plain(bad.text if len(bad.text) <= 40 else bad.text[:40] + "…")
        st.warning(
            words("refused", name=bad.name, text=text, allowed=plain(bad.allowed), shown=plain(bad.shown)),
            icon=":material/link_off:",
        )


def plain(text: str) -> str:
    """Return `text` so that Markdown shows it as it is."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def _way_on(words: texts.Words, settings: Settings) -> None:
    """Show reset, and the way to the pages before and after this one in the essay's order."""
    order = list(PAGES)
    here = order.index(settings.page)
    st.divider()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if here > 0:
            title = words(f"pages.{order[here - 1]}")
            st.page_link(path(order[here - 1]), label=title, icon=":material/arrow_back:")
        if settings.table:
            st.button(words("reset"), icon=":material/restart_alt:", type="tertiary", on_click=settings.reset)
        if here + 1 < len(order):
            title = words(f"pages.{order[here + 1]}")
            st.page_link(
                path(order[here + 1]), label=title, icon=":material/arrow_forward:", icon_position="right"
            )
