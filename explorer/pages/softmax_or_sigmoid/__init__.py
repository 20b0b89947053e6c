"""The sections of the page on softmax or sigmoid, one module each."""

import numpy as np
import streamlit as st

from explorer.images.cifar10_classes import CIFAR10
from explorer.images.shapes import SHAPES
from explorer.stage.section import Section

CLASSES = {
    "style": ("landscape", "outdoors", "indoors", "portrait"),
    "digit": tuple("0123456789"),
    "group": tuple("ABCDE"),
    "cifar10": CIFAR10,
    "shapes": tuple(SHAPES),
}


def sample(z: tuple[float, ...], *true: int, several: bool = False) -> dict:
    """Return the settings for the logits `z`, 0 for the classes beyond them, and the classes that are true."""
    return {"z": z + (0.0,) * (10 - len(z)), "y": tuple(map(str, true)), "several": several}


# What each example shows when it is chosen.
EXAMPLES = {
    "style": sample((2.2, 1.9, -2.5, -1.0), 0, 1, several=True),
    "digit": sample((-3.0, -0.6, -2.0, -3.5, -2.5, -4.0, -5.0, 3.1, -4.5, -1.5), 7),
    "group": sample((-1.2, 2.4, -0.5, -2.0, -0.8), 1),
    "cifar10": sample((-2.3, -3.1, -2.6, 2.4, -3.3, 2.9, -2.7, -2.5, -4.1, -3.8), 3),
    "shapes": sample((-3.4, -4.2, -2.9, -1.8, -2.2, 2.7, -2.4, 0.8, -3.6, -3.1), 5),
}


def class_names(words, example: str) -> list[str]:
    """Return what the classes of an example are called in the visitor's language."""
    names = words.table("labels") | words.table("classes") | words.table("shapes")
    return [names[name] for name in CLASSES[example]]


class ExampleSection(Section):
    """A section about the chosen example: its `classes`, a logit for each, and a label, 1 or 0."""

    def __init__(self, page):
        super().__init__(page)
        self.classes = class_names(self.words, self.now.example)
        self.logits = np.array(self.now.z[: len(self.classes)])
        self.labels = np.array([float(str(k) in self.now.y) for k in range(len(self.classes))])


def slider(section: Section, name: str, step: float) -> None:
    """Show a slider for the number `name`."""
    setting = section.page.settings.specs[name]
    widget = section.page.settings.widget(name)
    st.slider(section.words(name), float(setting.low), float(setting.high), step=step, **widget)
