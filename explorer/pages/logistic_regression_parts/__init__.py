"""The sections of the page on logistic regression, one module each: its `PRESETS`, and `show(page)`."""

import streamlit as st

from explorer.frame import Page


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


def slider(page: Page, name: str, label: str, step: float = 0.1) -> None:
    """Show a slider for the number `name`."""
    setting = page.settings.table[name]
    st.slider(label, float(setting.low), float(setting.high), step=step, **page.settings.widget(name))


def data_controls(page: Page, more: str) -> None:
    """Show the choice of the toy data and of their seed, and between them that of the setting `more`."""
    left, middle, right = st.columns([5, 3, 1.4], vertical_alignment="bottom")
    with left:
        choice(page, "data")
    with middle:
        choice(page, more)
    seed = page.settings.table["seed"]
    right.number_input(page.words("seed"), seed.low, seed.high, **page.settings.widget("seed"))
