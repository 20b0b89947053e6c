"""The same logits through one softmax and through independent sigmoids."""

import math

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.softmax_vs_sigmoid_board import softmax_vs_sigmoid_board
from explorer.maths import losses, multi_label
from explorer.pages.shared import linked_image
from explorer.pages.softmax_or_sigmoid import EXAMPLES, ExampleSection, sample
from explorer.shell.numbers import number

PRESETS = {
    "split": {"example": "style", **EXAMPLES["style"]},
    "both_sure": {"example": "style", **sample((9.0, 9.0, -9.0, -9.0), 0, 1, several=True)},
    "none_of_them": {"example": "style", **sample((-4.0, -3.0, -5.0, -3.5), several=True)},
    "one_or_seven": {"example": "digit", **sample((-3.0, 2.5, -2.0, -3.5, -2.5, -4.0, -5.0, 3.1, -4.5, -1.5), 7)},
    "cat_and_dog": {"example": "cifar10", **EXAMPLES["cifar10"], "y": ("3", "5"), "several": True},
}

# What answers each question.
ANSWERS = {
    "ln2": {"example": "style", **sample((9.0, 9.0, -9.0, -9.0), 0, 1, several=True)},
    "nothing": {"example": "style", **sample((-5.0,) * 4, several=True)},
    "shift": {"example": "style", **sample((1.2, 0.9, -3.5, -2.0), 0, 1, several=True)},
    "largest": {"example": "style", **sample((-3.0, -1.0, -2.0, -4.0), 1, several=True)},
}

CODE = """import numpy as np

f = np.array({z})  # the logits
y = np.array({y})  # the labels

log_q = f - f.max() - np.log(np.exp(f - f.max()).sum())  # one softmax
log_s = -np.logaddexp(0, -f)  # independent sigmoids
print("sums", np.exp(log_q).sum(), np.exp(log_s).sum())
if y.any():
    p = y / y.sum()
    print("softmax", -(p * log_q).sum(), np.exp(log_q) - p)
print("sigmoids", np.logaddexp(0, np.where(y == 1, -f, f)).sum(), np.exp(log_s) - y)
"""


class Board(ExampleSection):
    """A slider and a label for each class; probabilities, gradients and losses of both models."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        self.softmax_loss = multi_label.softmax_loss(self.logits, self.labels) if self.labels.any() else math.nan
        self.sigmoid_loss = multi_label.sigmoid_loss(self.logits, self.labels)

    def controls(self):
        linked_image.show(self.page)
        self.board = softmax_vs_sigmoid_board(self.page.settings, self.words, self.classes)
        self.choice("example", self.words("example.label"), on_change=self.begin, wrap=True)
        st.caption(self.words(f"note.{self.now.example}"))

    def begin(self) -> None:
        """Show the chosen example as it begins."""
        settings = self.page.settings
        settings.set(**EXAMPLES[settings.values()["example"]])

    def figure(self):
        board_figure(self.board)
        board_figure(self.board, "sums")
        self.announce(self.said(), seen=False)

    def said(self) -> str:
        """Return what the board shows in words, for those who cannot see it."""
        return self.words(
            "board.alt" if self.labels.any() else "board.alt_no_label",
            softmax=number(self.softmax_loss),
            sigmoid=number(self.sigmoid_loss),
            sum=number(losses.sigmoid(self.logits).sum(), 3),
        )

    def found(self):
        logits, labels = self.logits, self.labels
        shift = logits - EXAMPLES[self.now.example]["z"][: len(logits)]
        largest_is_true = labels.sum() == 1 and (logits >= logits.max()).astype(float).tolist() == labels.tolist()
        return {
            "ln2": labels.sum() == 2 and self.softmax_loss < math.log(2) + 1e-3,
            "nothing": not labels.any() and self.sigmoid_loss < 0.1,
            "shift": abs(shift[0]) >= 1 and np.ptp(shift) < 1e-9,
            "largest": largest_is_true and logits.max() < 0,
        }

    def code(self):
        return CODE.format(z=self.logits.tolist(), y=self.labels.astype(int).tolist())
