"""Cross-entropy and KL divergence (E8 to E12): what the page can be set to, and its sections."""

import streamlit as st

from explorer import frame
from explorer.components.distribution_board import Shares
from explorer.pages.cross_entropy_parts import board, surfaces
from explorer.settings import Choice, Number, Numbers, Settings, Several, Whole

SECTIONS = {"board": board, "surfaces": surfaces}

SETTINGS = Settings(
    "cross_entropy",
    part=Choice(tuple(SECTIONS)),
    target=Choice(("onehot", "smoothed", "hand"), "smoothed"),
    y=Whole(3, 0, 9),
    eps=Number(0.2, 0, 1),
    p=Shares(board.PEOPLE),
    guess=Choice(("logits", "hand")),
    z=Numbers(board.FIRST, -100, 100),
    q=Shares(board.UNIFORM),
    unit=Choice(("nats", "bits")),
    p2=Shares((0.5, 0.5)),
    q2=Shares((0.9, 0.1)),
    view=Choice(("surface", "contours")),
    show=Several(("text", "presets", "board", "figure", "questions", "code")),
)

with frame.page(SETTINGS) as page:
    section = SECTIONS[page.sections()]
    if page.shows("text"):
        st.markdown(page.words(f"{page.now.part}.lead"))
    page.presets(section.PRESETS)
    section.show(page)
