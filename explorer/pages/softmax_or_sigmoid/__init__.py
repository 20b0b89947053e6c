"""The sections of the page on softmax or sigmoid, one module each: its `PRESETS`, and `show(page, scene)`."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.images.cifar10_classes import CIFAR10
from explorer.images.shapes import SHAPES
from explorer.stage.page import Page

CLASSES = {
    "style": ("landscape", "outdoors", "indoors", "portrait"),
    "digit": tuple("0123456789"),
    "group": tuple("ABCDE"),
    "cifar10": CIFAR10,
    "shapes": tuple(SHAPES),
}


@dataclass(frozen=True)
class Scene:
    """The chosen example: the names of its classes, a logit for each, and a label, 1 or 0."""

    classes: list[str]
    logits: np.ndarray
    labels: np.ndarray


def picture(z: tuple[float, ...], *true: int, several: bool = False) -> dict:
    """Return the settings for the logits `z`, 0 for the classes beyond them, and the classes that are true."""
    return {"z": z + (0.0,) * (10 - len(z)), "y": tuple(map(str, true)), "several": several}


# What each example shows when it is chosen.
FIRST = {
    "style": picture((2.2, 1.9, -2.5, -1.0), 0, 1, several=True),
    "digit": picture((-3.0, -0.6, -2.0, -3.5, -2.5, -4.0, -5.0, 3.1, -4.5, -1.5), 7),
    "group": picture((-1.2, 2.4, -0.5, -2.0, -0.8), 1),
    "cifar10": picture((-2.3, -3.1, -2.6, 2.4, -3.3, 2.9, -2.7, -2.5, -4.1, -3.8), 3),
    "shapes": picture((-3.4, -4.2, -2.9, -1.8, -2.2, 2.7, -2.4, 0.8, -3.6, -3.1), 5),
}


def lead(page: Page, part: str) -> None:
    """Show what a section is about."""
    if page.shows("text"):
        st.markdown(page.words(f"{part}.lead"))


def choice(page: Page, name: str, **more) -> None:
    """Show the choice between the options of the setting `name`."""
    st.segmented_control(
        page.words(f"{name}.label"),
        page.settings.specs[name].options,
        format_func=lambda option: page.words(f"{name}.{option}"),
        required=True,
        label_visibility="collapsed",
        wrap=True,
        **more,
        **page.settings.widget(name),
    )


def slider(page: Page, name: str, step: float) -> None:
    """Show a slider for the number `name`."""
    setting = page.settings.specs[name]
    st.slider(page.words(name), float(setting.low), float(setting.high), step=step, **page.settings.widget(name))
