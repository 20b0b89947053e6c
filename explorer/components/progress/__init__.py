"""Which questions a visitor has answered: kept in the browser, between visits, and nowhere else."""

from collections.abc import Callable

import streamlit as st

from explorer.components import assets

_mount = assets.component("progress")


def progress(known: dict[str, str], text: str, key: str, on_news: Callable[[object], None]) -> None:
    """Keep `known` ("<page>.<question>": "found" or "shown") in the browser, and show how many were found.

    text: the count in words, with "@found"; on_news: called with all that the browser knows, where `known` lacks some.
    """

    def take() -> None:
        on_news(st.session_state[key]["known"])

    _mount(key=key, data={"known": known, "text": text}, on_known_change=take)
