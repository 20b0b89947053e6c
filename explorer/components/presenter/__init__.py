"""The button and the keys of a presentation: F begins it, arrows and a clicker change the section, Esc ends it."""

from collections.abc import Callable

import streamlit as st

from explorer.components import assets

_mount = assets.component("presenter")


def presenter(key: str, label: str, presenting: bool, on_move: Callable[[str], None]) -> None:
    """Listen to the keys, and show the button `label` outside a presentation.

    on_move: called with "begin", "end", "next" or "previous".
    """

    def moved() -> None:
        on_move(st.session_state[key]["move"])

    _mount(key=key, data={"label": label, "presenting": presenting}, on_move_change=moved)
