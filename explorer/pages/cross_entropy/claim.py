"""The essay's claim tested: cross-entropy or divergence, a constant apart and equally steep (E10)."""

from functools import partial

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.live_figure import live_figure
from explorer.figures.cross_entropy import gradient_lines, loss_lines
from explorer.images.cifar10_classes import CAT, EXAMPLE
from explorer.maths.comparison import without_roundings
from explorer.pages.cross_entropy import measure, ten_classes
from explorer.pages.shared import linked_image
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number

BOARD = "cross_entropy.along"
ALONG = np.linspace(-10, 10, 81)  # the logit that moves
# A teacher's probabilities at a temperature of 3, as they are used in distillation.
TEACHER = (0.03, 0.03, 0.06, 0.4, 0.08, 0.3, 0.04, 0.04, 0.01, 0.01)

PRESETS = {
    "claim_onehot": {"target": "onehot", "y": CAT, "guess": "logits", "z": EXAMPLE, "k": CAT},
    "claim_smoothed": {"target": "smoothed", "eps": 0.2, "y": CAT, "guess": "logits", "z": EXAMPLE, "k": CAT},
    "claim_floor": {
        "target": "smoothed",
        "eps": 0.2,
        "y": CAT,
        "guess": "logits",
        "z": [3.7136 * (k == CAT) for k in range(10)],
        "k": CAT,
    },
    "claim_teacher": {"target": "hand", "p": TEACHER, "guess": "logits", "z": EXAMPLE, "k": CAT},
}

# What answers each question.
ANSWERS = {
    "no_distance": PRESETS["claim_onehot"],
    "widest": {"target": "hand", "p": (0.1,) * 10, "guess": "logits", "z": EXAMPLE},
    "level": {
        "target": "hand",
        "p": (0,) * 8 + (0.5, 0.5),
        "guess": "logits",
        "z": [-50.0 * (k == CAT) for k in range(10)],
        "k": CAT,
    },
}

CODE = """import numpy as np

p = np.array({p})  # the target
f = np.array({z})  # the logits


def softmax(f):
    return np.exp(f - f.max()) / np.exp(f - f.max()).sum()


def cross_entropy(f):
    return -np.where(p > 0, p * np.log(softmax(f)), 0).sum()


def divergence(f):
    return np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / softmax(f)), 0).sum()


def slope(loss, k, step=1e-5):  # measured, not derived
    e = step * np.eye({classes})[k]
    return (loss(f + e) - loss(f - e)) / (2 * step)


k = {k}
print(cross_entropy(f) - divergence(f))  # H(p), whatever f is
print(slope(cross_entropy, k), slope(divergence, k), (softmax(f) - p)[k])
"""


class Claim(NamedSection):
    """Both losses and both gradients along one logit, and the board that moves along them."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.measured = measure(now, guess="logits")
        self.p, self.q = self.measured.p[now.k], self.measured.q[now.k]
        self.gradient = without_roundings(self.q - self.p, of=self.p)

    def controls(self):
        linked_image.show(self.page)
        fixed = {"guess": "logits", "unit": "nats"}
        ten_classes(self, BOARD, "target", "y", "eps", "p", "z", fixed=fixed, along=(self.now.k, ALONG))
        names = self.class_names()
        self.page.settings.select_box("k", self.words("claim.k"), range(10), names.__getitem__, width=240)
        board_figure(BOARD)
        board_figure(BOARD, "terms")

    def figure(self):
        # One above the other, over the same logit: the losses, and their slopes.
        words = self.words
        axis, at = f"f({self.class_names()[self.now.k]})", {"x": f"z{self.now.k}"}
        live_figure(
            partial(loss_lines, ALONG, (axis, words("claim.loss_axis"))),
            key="cross_entropy.claim_losses",
            words=words,
            alt=self.losses_say(),
            follow={
                "board": BOARD,
                "points": [
                    at | {"y": "cross_entropy", "colour": "var(--text)"},
                    at | {"y": "divergence", "colour": "var(--accent)"},
                ],
            },
            code=self.code(),
        )
        live_figure(
            partial(gradient_lines, ALONG, (axis, words("claim.gradient_axis"))),
            key="cross_entropy.claim_gradients",
            words=words,
            alt=self.gradients_say(),
            follow={
                "board": BOARD,
                "points": [at | {"y": f"g{self.now.k}", "colour": "var(--accent)"}],
            },
            code=self.code(),
        )

    def losses_say(self) -> str:
        """Return in words how far the two losses are apart."""
        measured = self.measured
        return self.words(
            "claim.says_losses",
            cross_entropy=number(measured.cross_entropy),
            forward=number(measured.forward),
            entropy=number(measured.entropy),
        )

    def gradients_say(self) -> str:
        """Return in words what the gradient is."""
        return self.words(
            "claim.says_gradients",
            name=self.class_names()[self.now.k],
            q=number(self.q),
            p=number(self.p),
            value=number(self.gradient),
        )

    def text(self):
        st.markdown(self.words("claim.lead"))
        for name, said in (("losses", self.losses_say()), ("gradients", self.gradients_say())):
            st.markdown(self.words(f"claim.{name}"))
            st.caption(said)

    def found(self):
        measured = self.measured
        return {
            "no_distance": measured.entropy == 0,
            "widest": abs(measured.entropy - np.log(10)) < 5e-4,
            "level": abs(self.gradient) < 5e-4 and measured.forward > 0.05,
        }

    def code(self):
        now = self.now
        return CODE.format(p=self.measured.p.tolist(), z=list(now.z), k=now.k, classes=10)
