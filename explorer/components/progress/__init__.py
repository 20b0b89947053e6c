"""The questions that a visitor has answered, stored only in the browser, between visits."""

from collections.abc import Callable

import streamlit as st

from explorer.components import assets

_mount = assets.component("progress")


def progress(known: dict[str, str], text: str, key: str, on_news: Callable[[object], None]) -> None:
    """Store `known` ("<page>.<question>": "found" or "shown") in the browser, and show how many were found.

    text: the count in words, with "@found"; on_news: called with all answers in the browser if `known` lacks some.
    """

    def changed() -> None:
        on_news(st.session_state[key]["known"])

    _mount(key=key, data={"known": known, "text": text}, on_known_change=changed)
