"""Lesson plans, minute by minute: what to open, what to ask, and what many answer wrongly."""

import itertools

import streamlit as st

from explorer.pages.shared.views import View, link
from explorer.stage.page import Page

# What each step of a lesson opens.
VIEWS = {
    "drag": View("home"),
    "price": View("logistic_regression", {"part": "sample", "z": "-3", "y": "1"}),
    "pull": View("logistic_regression", {"part": "sample", "z": "-6", "y": "1", "squared": "1"}),
    "differences": View("softmax", {"part": "board"}),
    "uniform": View("softmax", {"part": "board", "z": "0,0,0,0,0,0,0,0,0,0"}),
    "smoothing": View("cross_entropy", {"part": "board"}),
    "train": View("train", {"recipe": "softmax-regression"}),
    "mistake": View("results", {"part": "microscope"}),
    "two_labels": View("softmax_or_sigmoid", {"part": "board"}),
    "humps": View("cross_entropy", {"part": "asymmetry"}),
    "convolution": View("train", {"run": "cifar10", "replay": "20"}),
    "calibration": View("results", {"part": "calibration", "run": "cifar10"}),
    "round": View("guess"),
}
# For each lesson its steps, with the minute at which each of them ends.
PLANS = {
    "45": {
        "drag": 4,
        "price": 12,
        "pull": 16,
        "differences": 24,
        "uniform": 29,
        "smoothing": 35,
        "train": 42,
        "mistake": 45,
    },
    "90": {
        "drag": 5,
        "price": 15,
        "pull": 20,
        "differences": 31,
        "uniform": 37,
        "smoothing": 45,
        "train": 55,
        "two_labels": 63,
        "humps": 70,
        "convolution": 75,
        "calibration": 80,
        "round": 90,
    },
}


def plan(page: Page, lesson: str) -> None:
    """Show the steps of a lesson."""
    words = page.words
    with st.container(key="text-plan"):
        st.markdown(words("plan"))
    with st.container(key="plan"):
        with st.container(key="plan-head"):
            for column in ("minutes", "view", "ask", "wrong"):
                st.caption(words(f"column.{column}"))
        steps = PLANS[lesson]
        for (name, end), begin in zip(steps.items(), itertools.chain([0], steps.values()), strict=False):
            with st.container(key=f"plan-step-{name}"):
                st.markdown(f"**{begin}–{end}**")
                link(VIEWS[name])
                st.markdown(words(f"steps.{name}.ask"))
                st.markdown(words(f"steps.{name}.wrong"))
    with st.container(key="text-notes"):
        st.markdown(words("notes"))
