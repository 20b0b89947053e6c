"""The label of a recorded run: what it is, when and where it was made, with which versions, and by which command."""

import streamlit as st

from explorer.runs import recorded
from explorer.shell.texts import Words


def label(words: Words, run: str) -> None:
    """Say of a recorded run that it is one, and how it was made; of any other run nothing."""
    if run in recorded.NAMES:
        st.caption(words.sentences(words(f"recorded.{run}"), words("recorded.made", **recorded.about(run))))
