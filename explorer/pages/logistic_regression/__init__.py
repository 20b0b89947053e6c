"""The sections of the page on logistic regression, one module each: `PRESETS`, `CONTROLS`, and `show(page)`."""

import numpy as np
import streamlit as st

from explorer.maths import logistic
from explorer.shell.page import Page

MOST = 2000


@st.cache_data(max_entries=30, show_spinner=False)
def _in_random_order(data: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = logistic.toy_data(data, MOST, seed)
    order = np.random.default_rng(seed).permutation(MOST)
    if data == "outlier":  # it comes first, so that it is among few samples too
        order = np.r_[0, order[order != 0]]
    return x[order].round(4), y[order]


def samples(page: Page) -> tuple[np.ndarray, np.ndarray]:
    """Return the chosen samples, x (m × 1) and y: a larger m adds samples to those that were there."""
    x, y = _in_random_order(page.now.data, page.now.seed)
    return x[: page.now.m], y[: page.now.m]


@st.cache_data(max_entries=100, show_spinner=False)
def estimate(x: np.ndarray, y: np.ndarray, l2: float = 0.0) -> np.ndarray | None:
    """Return where the loss has its minimum, or None where it has none."""
    return logistic.maximum_likelihood_estimate(x, y, l2)


def lead(page: Page, part: str) -> None:
    """Show what a section is about."""
    if page.shows("text"):
        st.markdown(page.words(f"{part}.lead"))


def choice(page: Page, name: str) -> None:
    """Show the choice between the options of the setting `name`."""
    st.segmented_control(
        page.words(f"{name}.label"),
        page.settings.table[name].options,
        format_func=lambda option: page.words(f"{name}.{option}"),
        required=True,
        wrap=True,
        **page.settings.widget(name),
    )


def whole(page: Page, name: str, label: str, as_slider: bool = False) -> None:
    """Show a slider or a field for the whole number `name`."""
    setting = page.settings.table[name]
    widget = st.slider if as_slider else st.number_input
    widget(label, setting.low, setting.high, **page.settings.widget(name))


def data_controls(page: Page, *names: str) -> None:
    """Show the choice of the toy data, those of the settings `m` and `view` that are in `names`, and the seed."""
    columns = st.columns([6, *[4] * len(names), 2])
    with columns[0]:
        choice(page, "data")
    for column, name in zip(columns[1:-1], names, strict=True):
        with column:
            if name == "m":
                whole(page, "m", page.words("m"), as_slider=True)
            else:
                choice(page, name)
    with columns[-1]:
        whole(page, "seed", page.words("seed"))
