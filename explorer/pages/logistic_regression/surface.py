"""The sigmoid as a surface over two features, with the samples standing on it (E1)."""

from functools import partial

import numpy as np
import streamlit as st

from explorer.components.weights_board import weights_board
from explorer.figures.logistic import standing_figure
from explorer.maths import logistic, losses, surfaces
from explorer.pages.logistic_regression import REACH, LogisticSection, own_points, standing_samples
from explorer.shell.numbers import number

PLANE = "logistic.plane"
# The smallest |w| for which the probability rises from 0.1 to 0.9 within one unit.
CLIFF = 2 * np.log(9)

PRESETS = {
    "slope": {"data": "overlapping", "w1": 1.5, "w2": 0.5, "w0": 0.0},
    "diagonal": {"data": "separable", "w1": 2.0, "w2": 2.0, "w0": 0.0},
    "cliff": {"data": "separable", "w1": 6.0, "w2": 6.0, "w0": 0.0},
    "upside_down": {"data": "overlapping", "w1": -1.5, "w2": -1.5, "w0": 0.0},
    "mostly_no": {"data": "imbalanced", "w1": 1.0, "w2": 1.0, "w0": -2.5},
    "own_points": lambda now: own_points(now) | {"view": "contours"},
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
def fitted(points: tuple[tuple[float, float, int], ...]) -> tuple[np.ndarray | None, str | None]:
    """Return the maximum-likelihood estimate for points of the plane, or None and what hinders it.

    Their coordinates are whole hundredths, so that it is decided exactly on which side of a line a point lies.
    """
    x, y = np.array(points)[:, :2], np.array(points)[:, 2]
    hindrance = logistic.hindrance((100 * x).round(), y)
    return (None if hindrance else logistic.newton(np.zeros(3), x, y, steps=2000)[-1]), hindrance


class SigmoidSurface(LogisticSection):
    """The probability as a surface over two features, with the samples standing on it."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.best = None
        if self.own:
            self.x, self.y = np.array(self.own)[:, :2], np.array(self.own)[:, 2].astype(int)
            self.best, self.hindrance = fitted(self.own)
        else:
            self.x, self.y = standing_samples(now.data, now.seed)
        self.theta = [now.w1, now.w2, now.w0]
        self.z = logistic.scores(self.theta, self.x)
        self.correct = int(((self.z > 0) == (self.y == 1)).sum())
        extent = REACH if self.own else max(4.0, np.ceil(np.abs(self.x).max()))
        self.grid = np.linspace(-extent, extent, surfaces.POINTS)

    def controls(self):
        words, settings = self.words, self.page.settings
        names, points = ("w1", "w2", "w0"), self.own_board if self.now.view == "contours" else ""
        self.board = weights_board(settings, words, names, self.x, self.y, self.grid, points=points)
        self.sample_controls("seed")
        self.choice("view", words("view.label"))
        if self.own:
            self.own_controls()
        self.announce(self.alt(), seen=False)

    def own_controls(self) -> None:
        """Show what sets the visitor's own points, and what fits them best."""
        if self.now.view == "contours":
            self.points_board(PLANE)
        else:
            st.caption(self.words("own.from_above"))
        self.announce(self.tell_estimate())

    def tell_estimate(self) -> str:
        """Say in words which parameters fit the visitor's own points best, or why none does."""
        if self.best is None:
            return self.words(f"own.{self.hindrance}")
        w1, w2, b = (number(value, 3) for value in self.best)
        loss = number(logistic.loss(self.best, self.x, self.y))
        return self.words("own.exists", w1=w1, w2=w2, b=b, loss=loss)

    def figure(self):
        contours = self.now.view == "contours"
        self.live_figure(
            partial(
                standing_figure,
                surfaces.Surface(self.grid, self.grid, "surface"),
                ("x₁", "x₂", "σ(z)"),
                self.x,
                self.y,
                self.label_names,
                contours,
                self.best,
            ),
            "surface",
            alt=self.alt(),
            subject=f"{self.now.view} {self.grid[-1]}",
            follow={"board": self.board},
            plane=PLANE if contours and self.own else "",
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
