"""For whoever has not trained yet: the recorded run, ready to be played once more."""

import streamlit as st

from explorer import frame
from explorer.components.run_monitor import run_monitor
from explorer.pages import recording
from explorer.pages.train_parts import SETTINGS
from explorer.runs import recorded
from explorer.server import RUNS


def show(page: frame.Page) -> None:
    """Show the recorded run, with how it was made."""
    run = recorded.NAMES[0]
    st.subheader(page.words("replayed.title"), anchor=False)
    st.markdown(page.words("replayed.text"))
    recording.label(page.words, run)
    run_monitor(SETTINGS, page.words, [(f"{RUNS}/{run}", run)])
