"""The board: logits, probabilities, loss and gradient (E4 to E6, E11)."""

import math

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.images.cifar10_classes import EXAMPLE
from explorer.maths import losses
from explorer.pages.softmax import SURE_AND_WRONG, SoftmaxSection
from explorer.shell.numbers import number

PRESETS = {
    "cat_or_dog": {"z": EXAMPLE, "y": 3, "T": 1.0},
    "sure_and_right": {"z": (0, 0, 0, 9, 0, 0, 0, 0, 0, 0), "y": 3, "T": 1.0},
    "sure_and_wrong": {"z": SURE_AND_WRONG, "y": 3, "T": 1.0},
    "knows_nothing": {"z": (0,) * 10, "y": 3, "T": 1.0},
    "hot": {"z": EXAMPLE, "y": 3, "T": 10.0},
    "cold": {"z": EXAMPLE, "y": 3, "T": 0.1},
    "overflow": {"z": (0, 0, 0, 997, 0, 1000, 0, 0, 0, 0), "y": 3, "T": 1.0},
}

# What answers each question.
ANSWERS = {
    "ln10": {"z": (0, 0, 0, 1, 0, 0, 0, 0, 0, round(math.log(9 * math.e - 8), 4)), "y": 3, "T": 1.0, "n": "10"},
    "never_zero": {"z": (0, 0, 0, 10, 0, 0, 0, 0, 0, 0), "y": 3, "T": 1.0},
    "shift": {"z": tuple(logit + 6 for logit in EXAMPLE), "y": 3, "T": 1.0},
    "as_large": {"z": (0, 0, 0, 9, 0, 8, 0, 0, 0, 0), "y": 3, "T": 1.0, "n": "10"},
    "scale": {"z": tuple(2 * logit for logit in EXAMPLE), "y": 3, "T": 2.0},
}

CODE = """import numpy as np

f = np.array({z})  # the logits
y = {y}  # the place of the true class among them
T = {T}  # the temperature

powers = np.exp((f - f.max()) / T)  # subtracting the largest changes no quotient
p = powers / powers.sum()
loss = np.log(powers.sum()) - (f[y] - f.max()) / T
gradient = (p - np.eye(len(f))[y]) / T
entropy = np.log(powers.sum()) - p @ (f - f.max()) / T
print(p.round(4), loss, gradient.round(4), entropy)
"""


class Board(SoftmaxSection):
    """A slider for each class; the powers, probabilities, gradient and loss that they give."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        self.p = losses.softmax(self.logits, self.now.T)
        self.loss = losses.softmax_loss(self.logits, self.label, self.now.T)
        self.entropy = float(self.p @ -losses.log_softmax(self.logits, self.now.T))

    def controls(self):
        self.board()

    def figure(self):
        board_figure("softmax.board")
        board_figure("softmax.board", "formula")
        with st.container(key="said-board"):
            st.caption(self.said())

    def said(self) -> str:
        """Return what the board shows in words, for those who cannot see it."""
        likeliest = np.flatnonzero(self.p == self.p.max())
        tie = self.words("board.tie", count=len(likeliest))
        return self.words(
            "board.said",
            y=self.classes[self.label],
            p=number(self.p[self.label]),
            predicted=self.classes[likeliest[0]] if len(likeliest) == 1 else tie,
            loss=number(self.loss),
            perplexity=number(math.exp(self.loss) if self.loss < 700 else math.inf, 3),
            entropy=number(self.entropy),
            most=number(math.log(len(self.labels))),
        )

    def text(self):
        st.markdown(self.words("board.lead"))

    def found(self):
        now, z, p, loss = self.now, self.logits, self.p, self.loss
        example = np.array(EXAMPLE)[self.labels]
        other = np.delete(p, self.label).max()
        as_at_first = np.allclose(p, losses.softmax(example), atol=5e-4)
        return {
            "ln10": abs(loss - math.log(len(z))) < 5e-5 and np.ptp(z) > 0.01,
            "never_zero": loss < 1e-3,
            "shift": min(z) >= 5 and now.T == 1 and now.y == 3 and as_at_first,
            "as_large": bool(len(z) > 2 and p[self.label] > other > 0.99 * (1 - p[self.label])),
            "scale": now.T != 1 and as_at_first and np.ptp(z) > 1.05 * np.ptp(example),
        }

    def code(self):
        return CODE.format(z=self.logits.tolist(), y=self.label, T=self.now.T)
