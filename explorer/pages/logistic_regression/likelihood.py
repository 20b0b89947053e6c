"""Many samples: their likelihood, as a product that underflows and as a sum that does not (E3)."""

import math
from functools import partial

import numpy as np
import streamlit as st

from explorer.components.weights_board import LIKELIHOOD, weights_board
from explorer.figures.logistic import bars_figure, running_figure
from explorer.maths import logistic, losses
from explorer.pages.logistic_regression import REACH, LogisticSection, estimate, own_points
from explorer.shell.numbers import number

POINTS = 161
PLANE = "logistic.line"

PRESETS = {
    "fair_coin": {"data": "overlapping", "seed": 0, "m": 40, "w": 0.0, "b": 0.0},
    "close_to_the_maximum": {"data": "overlapping", "seed": 0, "m": 40, "w": 1.5, "b": 0.0},
    "underflow": {"data": "overlapping", "seed": 0, "m": 2000, "w": 1.5, "b": 0.0},
    "one_outlier": {"data": "outlier", "seed": 0, "m": 40, "w": 4.0, "b": 0.0},
    "always_no": {"data": "imbalanced", "seed": 0, "m": 200, "w": 0.0, "b": -2.2},
    "own_points": own_points,
}

# What answers each question.
ANSWERS = {
    "first_zero": {"data": "overlapping", "seed": 0, "m": 1489, "w": 1.0, "b": 0.5},
    "coins": PRESETS["fair_coin"],
    "by_hand": {"data": "overlapping", "seed": 0, "m": 40, "w": 2.0, "b": -0.36},
}

CODE = """import numpy as np

w, b = {w}, {b}
x = np.array({x})
y = np.array({y})

z = w * x + b
log_p = -np.logaddexp(0, np.where(y == 1, -z, z))
print("L =", np.prod(np.exp(log_p)))
print("ln L =", log_p.sum())
print("J =", -log_p.mean())
"""


class Likelihood(LogisticSection):
    """Each sample's probability as a bar, and the likelihood of the first k samples."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.x, self.y = self.samples()
        self.theta = [now.w, now.b]
        self.m = len(self.y)
        self.grid = np.linspace(*((-REACH, REACH) if self.own else _extent(self.x)), POINTS)
        self.log_sum = np.cumsum(-losses.binary_cross_entropy(logistic.scores(self.theta, self.x), self.y))
        self.product = np.cumprod(logistic.likelihood_terms(self.theta, self.x, self.y))
        self.holds = int(np.count_nonzero(self.product))  # the samples whose product is still above 0
        self.loss = logistic.loss(self.theta, self.x, self.y)
        underflows = self.holds < self.m
        self.values = {
            "m": self.m,
            "w": number(now.w, 2),
            "b": number(now.b, 2),
            "likelihood": number(self.product[-1]) if self.product[-1] else "0",
            "log_likelihood": number(self.log_sum[-1]),
            "loss": number(self.loss),
            "product": self.words("likelihood.underflow", k=self.holds + 1)
            if underflows
            else self.words("likelihood.fits"),
        }

    def controls(self):
        self.board = weights_board(
            self.page.settings,
            self.words,
            ("w", "b"),
            self.x,
            self.y,
            self.grid,
            numbers=LIKELIHOOD,
            points=self.own_board,
        )
        self.sample_controls("m", "seed")
        if self.own:
            self.points_board(PLANE, line=True)
            st.caption(self.words("own.line"))
        self.announce(self.words("likelihood.said", **self.values), seen=False)

    def figure(self):
        subject = f"{self.now.data} {self.now.seed} {self.m}"
        self.live_figure(
            partial(bars_figure, self.grid, self.x[:, 0], self.y, self.label_names),
            "bars",
            alt=self.words("likelihood.bars_alt", **self.values),
            subject=subject,
            follow={"board": self.board},
            plane=PLANE if self.own else "",
        )
        names = (self.words("likelihood.sum"), self.words("likelihood.product"), self.words("likelihood.floor"))
        with st.container(key="stage-minor-likelihood"):
            self.live_figure(
                running_figure(self.m, self.log_sum[-1], names, ("k", "ln ℒ")),
                "running",
                alt=self.words("likelihood.running_alt", **self.values),
                subject=subject,
                follow={"board": self.board},
            )

    def text(self):
        st.markdown(self.words("likelihood.lead"))
        st.markdown(self.words("likelihood.running"))

    def found(self):
        now, best = self.now, estimate(self.x, self.y)
        samples = {} if self.own else {"first_zero": self.holds == self.m - 1}  # their number is not set by m
        return samples | {
            "coins": now.w == 0 and now.b == 0,
            "by_hand": bool(
                best is not None and self.m >= 20 and self.loss - logistic.loss(best, self.x, self.y) < 0.005
            ),
        }

    def code(self):
        return CODE.format(w=self.now.w, b=self.now.b, x=self.x[:, 0].tolist(), y=self.y.tolist())


def _extent(x) -> tuple[float, float]:
    return min(-4.0, math.floor(x.min() - 0.5)), max(4.0, math.ceil(x.max() + 0.5))
