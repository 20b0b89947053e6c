"""From D_KL(p‖q) to the softmax loss, line by line with the numbers of the board (E12)."""

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.images.cifar10_classes import CAT, EXAMPLE
from explorer.pages.cross_entropy import one_hot, ten_classes
from explorer.pages.shared import linked_image
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number

BOARD = "cross_entropy.derived"
STEPS = range(1, 6)

PRESETS = {
    "cat_or_dog": {"z": EXAMPLE, "y": CAT},
    "right": {"z": [9.0 * (k == CAT) for k in range(10)], "y": CAT},
    "wrong": {"z": [9.0 * (k == 0) for k in range(10)], "y": CAT},
    "even": {"z": [0.0] * 10, "y": CAT},
}

# What answers each question.
ANSWERS = {
    "half": {"z": [round(np.log(9), 4) * (k == CAT) for k in range(10)], "y": CAT},
    "perfect": {"z": [15.0 * (k == CAT) for k in range(10)], "y": CAT},
    "tenth": {"z": [0, 0, 0, 1, 0, 0, 0, 0, 0, round(np.log(9 * np.e - 8), 4)], "y": CAT},
}

CODE = """import numpy as np

f = np.array({z})  # the logits
y = {y}  # the true class

p = np.eye({classes})[y]  # one-hot
q = np.exp(f - f.max()) / np.exp(f - f.max()).sum()  # softmax
divergence = sum(p[k] * np.log(p[k] / q[k]) for k in range({classes}) if p[k] > 0)
loss = -np.log(np.exp(f - f.max())[y] / np.exp(f - f.max()).sum())
print(divergence, loss)
"""


class Derivation(NamedSection):
    """The derivation up to the chosen line, and beside it the board that changes its numbers."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        self.measured = one_hot(self.now)

    def controls(self):
        linked_image.show(self.page)
        ten_classes(self, BOARD, "y", "z", fixed={"target": "onehot", "guess": "logits", "unit": "nats"}, derive=True)
        st.segmented_control(self.words("derivation.step"), STEPS, required=True, **self.page.settings.widget("step"))
        board_figure(BOARD)
        board_figure(BOARD, "terms")

    def figure(self):
        now, measured = self.now, self.measured
        board_figure(BOARD, "chain")
        values = {
            "name": self.class_names()[now.y],
            "cross_entropy": number(measured.cross_entropy),
            "entropy": number(measured.entropy),
            "divergence": number(measured.forward),
            "q": number(measured.q[now.y]),
            "f": number(now.z[now.y], 2),
            "power": number(float(np.exp(now.z[now.y]))),
            "sum": number(float(np.exp(now.z).sum())),
        }
        for step in range(1, now.step + 1):
            with st.container(key=f"line-{step}"):
                st.markdown(self.words(f"derivation.line{step}", **values))

    def text(self):
        if self.now.step == STEPS[-1]:
            st.info(self.words("derivation.slip"), icon=":material/edit_note:")
        st.markdown(self.words("derivation.lead"))

    def found(self):
        loss = self.measured.forward
        return {
            "half": abs(loss - np.log(2)) < 5e-4,
            "perfect": loss < 5e-5,
            "tenth": abs(loss - np.log(10)) < 5e-4 and np.ptp(self.now.z) > 0.01,
        }

    def code(self):
        return CODE.format(z=list(self.now.z), y=self.now.y, classes=10)
