"""The choice of the run that a page shows: the recorded ones, and one that was named by a link or watched last."""

from collections.abc import Callable

import streamlit as st

from explorer.runs import recorded
from explorer.stage.page import Page


def show(page: Page, suits: Callable[[str], object], on_change: Callable[[], None]) -> None:
    """Show the choice between the runs that suit the page, if there are several."""
    words, settings = page.words, page.settings
    chosen = settings.values()["run"]
    runs = dict.fromkeys((*recorded.NAMES, chosen, st.session_state.get("train.run", "")))
    suitable = [run for run in runs if run == chosen or (run and suits(run))]
    if len(suitable) > 1:
        st.segmented_control(
            words("run.label"),
            suitable,
            format_func=lambda run: words(f"run.{run}") if run in recorded.NAMES else words("run.own", run=run[:6]),
            required=True,
            width="content",
            on_change=on_change,
            **settings.widget("run"),
        )
