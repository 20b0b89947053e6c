"""H(p,q) = H(p) + D_KL(p‖q) for any p and q over the ten classes (E8, E9, E11)."""

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.images.cifar10_classes import EXAMPLE, NO_DOG, PEOPLE
from explorer.maths import divergence
from explorer.maths.comparison import without_roundings
from explorer.pages.cross_entropy import code_of_q, measure, ten_classes
from explorer.pages.shared import linked_image
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number

BOARD = "cross_entropy.board"
UNIFORM = (0.1,) * 10

PRESETS = {
    "smoothed": {"target": "smoothed", "eps": 0.2, "y": 3, "guess": "logits", "z": EXAMPLE},
    "onehot": {"target": "onehot", "y": 3, "guess": "logits", "z": EXAMPLE},
    "people": {"target": "hand", "p": PEOPLE, "guess": "logits", "z": EXAMPLE},
    "equal": lambda now: {"guess": "hand", "q": tuple(measure(now).p)},
    "knows_nothing": {"target": "onehot", "y": 3, "guess": "hand", "q": UNIFORM},
    "ruled_out": {"target": "hand", "p": PEOPLE, "guess": "hand", "q": NO_DOG},
}

# What answers each question.
ANSWERS = {
    "floor": {"target": "smoothed", "eps": 0.2, "y": 3, "guess": "logits", "z": [3.7136 * (k == 3) for k in range(10)]},
    "infinite": PRESETS["ruled_out"],
    "symmetric": {
        "target": "hand",
        "p": (0, 0, 0, 0.6, 0, 0.4, 0, 0, 0, 0),
        "guess": "hand",
        "q": (0, 0, 0, 0.4, 0, 0.6, 0, 0, 0, 0),
    },
    "bits": {"target": "hand", "p": (0.125,) * 8 + (0, 0), "unit": "bits"},
}

CODE = """import numpy as np

p = np.array({p})  # the true distribution
{q}  # the predicted one

log = np.{log}  # {unit}
with np.errstate(divide="ignore", invalid="ignore"):
    entropy = -np.where(p > 0, p * log(p), 0).sum()  # 0 · log 0 counts as 0
    cross_entropy = -np.where(p > 0, p * log(q), 0).sum()
    divergence = np.where(p > 0, p * (log(p) - log(q)), 0).sum()
print(entropy, cross_entropy, divergence, entropy + divergence)
"""


class Board(NamedSection):
    """Both distributions over ten classes, the bars that they give, and what they say in a sentence."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        self.measured = measure(self.now)
        self.unit = np.log(2) if self.now.unit == "bits" else 1.0

    def controls(self):
        linked_image.show(self.page)
        ten_classes(self, BOARD, "target", "y", "eps", "p", "guess", "z", "q", "unit", compare=True)

    def figure(self):
        board_figure(BOARD)
        board_figure(BOARD, "terms")
        self.announce(self.said(), seen=False)

    def said(self) -> str:
        """Return what the board shows in words."""
        measured, unit = self.measured, self.unit
        symmetric = divergence.jensen_shannon_divergence(measured.p, measured.q)
        return self.words(
            "board.says",
            entropy=number(measured.entropy / unit),
            cross_entropy=number(measured.cross_entropy / unit),
            forward=number(measured.forward / unit),
            reverse=number(measured.reverse / unit),
            symmetric=number(without_roundings(symmetric, of=measured.entropy) / unit),
            unit=self.words(f"distribution_board.unit_{self.now.unit}"),
        )

    def text(self):
        st.markdown(self.said())
        st.markdown(self.words("board.lead"))

    def found(self):
        now, measured = self.now, self.measured
        forward, reverse = measured.forward, measured.reverse
        return {
            "floor": now.target == "smoothed" and measured.entropy > 0 and forward < 5e-4,
            "infinite": now.guess == "hand" and np.isinf(forward),
            "symmetric": reverse < np.inf and abs(forward - reverse) < 5e-4 < forward,
            "bits": now.unit == "bits" and now.target == "hand" and abs(measured.entropy / self.unit - 3) < 5e-4,
        }

    def code(self):
        now = self.now
        log = "log2" if now.unit == "bits" else "log"
        return CODE.format(p=self.measured.p.tolist(), q=code_of_q(now), log=log, unit=now.unit)
