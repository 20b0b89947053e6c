"""The sigmoid as a surface over two features, with the samples standing on it (E1)."""

import numpy as np
import streamlit as st

from explorer.components.weights_board import weights_board
from explorer.figures.logistic import standing_figure
from explorer.maths import logistic, losses, surfaces
from explorer.pages.logistic_regression import LogisticSection
from explorer.shell.numbers import number

SAMPLES = 60
# The smallest |w| for which the probability rises from 0.1 to 0.9 within one unit.
CLIFF = 2 * np.log(9)

PRESETS = {
    "slope": {"data": "overlapping", "w1": 1.5, "w2": 0.5, "w0": 0.0},
    "diagonal": {"data": "separable", "w1": 2.0, "w2": 2.0, "w0": 0.0},
    "cliff": {"data": "separable", "w1": 6.0, "w2": 6.0, "w0": 0.0},
    "upside_down": {"data": "overlapping", "w1": -1.5, "w2": -1.5, "w0": 0.0},
    "mostly_no": {"data": "imbalanced", "w1": 1.0, "w2": 1.0, "w0": -2.5},
}

# What answers each question.
ANSWERS = {
    "ignores_x2": {"data": "overlapping", "w1": -1.5, "w2": 0.0, "w0": 0.0},
    "all_right": {"data": "separable", "seed": 0, "w1": 1.0, "w2": 1.0, "w0": 0.0},
    "cliff": {"data": "separable", "w1": 3.2, "w2": 3.2, "w0": 0.0},
}

CODE = """import numpy as np

w1, w2, b = {w1}, {w2}, {b}
x = np.array({x})
y = np.array({y})

z = w1 * x[:, 0] + w2 * x[:, 1] + b
print("J =", np.logaddexp(0, np.where(y == 1, -z, z)).mean())
print("right:", ((z > 0) == (y == 1)).sum(), "of", len(y))
"""


@st.cache_data(max_entries=100, show_spinner=False)
def standing_samples(data: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples that stand on the surface: x (m × 2) and y."""
    return logistic.toy_data(data, SAMPLES, seed, features=2)


class SigmoidSurface(LogisticSection):
    """The probability as a surface over two features, with the samples standing on it."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.x, self.y = standing_samples(now.data, now.seed)
        self.theta = [now.w1, now.w2, now.w0]
        self.z = logistic.scores(self.theta, self.x)
        self.correct = int(((self.z > 0) == (self.y == 1)).sum())
        extent = max(4.0, np.ceil(np.abs(self.x).max()))
        self.grid = np.linspace(-extent, extent, surfaces.POINTS)

    def controls(self):
        self.board = weights_board(self.page.settings, self.words, ("w1", "w2", "w0"), self.x, self.y, self.grid)
        self.sample_controls("seed")
        self.choice("view", self.words("view.label"))
        self.announce(self.alt(), seen=False)

    def figure(self):
        contours = self.now.view == "contours"
        self.live_figure(
            standing_figure(
                surfaces.Surface(self.grid, self.grid, "surface"),
                ("x₁", "x₂", "σ(z)"),
                self.x,
                self.y,
                self.label_names,
                contours,
            ),
            "surface",
            alt=self.alt(),
            subject=f"{self.now.view} {self.grid[-1]}",
            follow={"board": self.board},
        )

    def alt(self) -> str:
        """Return in words what the surface shows."""
        w1, w2, b = self.theta
        return self.words(
            "surface.alt",
            w1=number(w1, 2),
            w2=number(w2, 2),
            b=number(b, 2),
            samples=len(self.y),
            right=self.correct,
            loss=number(logistic.loss(self.theta, self.x, self.y)),
            origin=number(losses.sigmoid(b)),
        )

    def text(self):
        st.markdown(self.words("surface.lead"))

    def found(self):
        now = self.now
        return {
            "ignores_x2": now.w2 == 0 and now.w1 < 0,
            "all_right": bool(now.data == "separable" and self.correct == len(self.y)),
            "cliff": bool(np.hypot(now.w1, now.w2) >= CLIFF and now.w1 == now.w2 and now.w0 == 0),
        }

    def code(self):
        now = self.now
        return CODE.format(w1=now.w1, w2=now.w2, b=now.w0, x=self.x.round(4).tolist(), y=self.y.tolist())
