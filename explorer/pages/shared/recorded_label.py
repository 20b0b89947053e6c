"""The label of a recorded run: what it is, when and where it was made, with which versions, and by which command."""

import streamlit as st

from explorer.runs import recorded
from explorer.shell.numbers import number
from explorer.shell.texts import Words


def label(words: Words, run: str) -> None:
    """Say of a recorded run that it is one, and how it was made; of any other run nothing."""
    if run not in recorded.NAMES:
        return
    about = recorded.about(run)
    percents = {
        name: number(100 * about[f"{name}_accuracy"], 1)
        for name in ("test", "augmented")
        if about[f"{name}_accuracy"] is not None
    }
    conditions = words("recorded.alone" if about["alone"] else "recorded.not_alone")
    made = words("recorded.made", **about, conditions=conditions)
    st.caption(words.sentences(words(f"recorded.{run}", **percents), made))
