"""For whoever has not trained yet: the recorded run, ready to be played once more."""

import streamlit as st

from explorer.components.run_monitor import run_monitor
from explorer.pages.shared import recorded_label
from explorer.pages.train import SETTINGS
from explorer.protocol.routes import RUNS
from explorer.runs import recorded
from explorer.stage.page import Page


def show(page: Page) -> None:
    """Show the recorded run, with how it was made."""
    run = recorded.NAMES[0]
    st.subheader(page.words("replayed.title"), anchor=False)
    st.markdown(page.words("replayed.text"))
    recorded_label.label(page.words, run)
    run_monitor(SETTINGS, page.words, [(f"{RUNS}/{run}", run)])
