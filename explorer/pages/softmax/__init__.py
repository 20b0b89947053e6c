"""The sections of the softmax page, one module each: its `PRESETS`, and `show(page, classes)`."""

import contextlib

import streamlit as st

from explorer.components.logit_board import logit_board
from explorer.shell.page import Page

FIRST = (1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3)
SURE_AND_WRONG = (0, 0, 0, 0, 0, 9, 0, 0, 0, 0)


def heading(page: Page, part: str) -> None:
    """Show a section's title and what it is about."""
    st.subheader(page.words(f"{part}.title"), anchor=False)
    if page.shows("text"):
        st.markdown(page.words(f"{part}.lead"))


@contextlib.contextmanager
def beside_board(page: Page, classes: list[str], part: str, over: dict | None = None):
    """Put a small board beside what follows, unless the link shows chosen parts only; `over` as in `logit_board`."""
    if page.now.show:
        yield
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        logit_board(page.settings, page.words, classes, beside=part, over=over)
    with right:
        yield
