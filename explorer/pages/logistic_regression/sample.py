"""One sample: probability, loss and gradient over the logit (E1, E2, E6)."""

import math
from functools import partial

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.logistic_board import SLIDER, logistic_board
from explorer.figures.logistic import Curve, curves_figure
from explorer.maths import losses
from explorer.pages.logistic_regression import LogisticSection
from explorer.shell.numbers import number

Z = np.linspace(*SLIDER, 201)
BOARD = "logistic_regression.board"

PRESETS = {
    "undecided": {"z": 0.0, "y": 1, "squared": False},
    "sure_and_right": {"z": 5.0, "y": 1, "squared": False},
    "sure_and_wrong": {"z": 5.0, "y": 0, "squared": False},
    "squared_error_is_stuck": {"z": -6.0, "y": 1, "squared": True},
    "rounds_to_one": {"z": 40.0, "y": 0, "squared": False},
}

# What answers each question.
ANSWERS = {
    "costly": PRESETS["sure_and_wrong"],
    "coin": PRESETS["undecided"],
    "one_nat": {"z": -0.54, "y": 1, "squared": False},
    "stuck": PRESETS["squared_error_is_stuck"],
    "steepest": {"z": 0.0, "y": 1, "squared": True},
}

CODE = """import numpy as np

z, y = {z}, {y}  # the logit, the observed label

p1, p0 = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))  # p0 = 1 - p1, right even where p1 rounds to 1
p = p1**y * p0 ** (1 - y)
loss = np.logaddexp(0, -z if y == 1 else z)  # -ln p, right even where p rounds to 0
gradient = p1 if y == 0 else -p0  # p1 - y
print(p1, p, loss, gradient)
print(gradient**2, p1 * p0, 2 * gradient * p1 * p0)  # the squared error, the sigmoid's slope, the error's gradient
"""


class Sample(LogisticSection):
    """A logit and a label, and the three curves on which their point moves."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        z, y = self.now.z, self.now.y
        self.loss = losses.binary_cross_entropy(z, y)
        self.squared_gradient = losses.squared_error_gradient(z, y)
        self.values = {
            "z": number(z, 2),
            "y": y,
            "f": number(losses.sigmoid(z)),
            "p": number(losses.bernoulli_likelihood(z, y)),
            "loss": number(self.loss),
            "gradient": number(losses.binary_cross_entropy_gradient(z, y)),
            "squared": number(losses.squared_error(z, y)),
            "slope": number(losses.sigmoid_derivative(z)),
            "squared_gradient": number(self.squared_gradient),
        }

    def controls(self):
        board = logistic_board(self.page.settings, self.words)
        st.toggle(self.words("sample.squared"), **self.page.settings.widget("squared"))
        board_figure(board)
        self.announce(self.words("sample.said", **self.values), seen=False)

    def figure(self):
        # One above the other, over the same logits: probability, loss, gradient.
        self.curves("probability", (-0.03, 1.03), "p", losses.bernoulli_likelihood)
        self.curves("loss", (-0.3, 10.3), "loss", losses.binary_cross_entropy, squared=losses.squared_error)
        self.curves(
            "gradient",
            (-1.06, 1.06),
            "gradient",
            losses.binary_cross_entropy_gradient,
            squared_gradient=losses.squared_error_gradient,
            slope=lambda z, _: losses.sigmoid_derivative(z),
        )

    def curves(self, name: str, y_range: tuple[float, float], height: str, function, **compared) -> None:
        """Draw a function of the logit for both labels, and thin what it is `compared` with if that is asked for.

        The names are those under which the board publishes the heights of the points.
        """
        compared = compared if self.now.squared else {}
        curves = [Curve(f"y = {label}", function(Z, label), label) for label in (1, 0)]
        for other_height, other in compared.items():
            if other_height == "slope":  # the same for both labels
                curves.append(Curve("σ′(z)", other(Z, None), None, "dash"))
            else:
                curves += [Curve(f"y = {label}", other(Z, label), label, "dot") for label in (1, 0)]
        points = [{"x": "z", "y": height, "colour": "var(--text)"}]
        points += [{"x": "z", "y": other, "colour": "var(--quiet)"} for other in compared]
        self.live_figure(
            partial(curves_figure, Z, curves, self.words(f"sample.{name}_axis"), y_range),
            name,
            alt=self.words(f"sample.{name}_alt", **self.values),
            subject=name,
            follow={"board": BOARD, "points": points},
        )

    def text(self):
        for text in ("lead", "curves", *["squared_lead"] * self.now.squared):
            st.markdown(self.words(f"sample.{text}"))

    def found(self):
        now = self.now
        wrong = (now.z > 0) != (now.y == 1)
        return {
            "costly": bool(self.loss > 3 and not now.squared),
            "one_nat": bool(abs(self.loss - 1) < 0.005),
            "stuck": bool(now.squared and wrong and abs(self.squared_gradient) < 0.01 and abs(now.z) > 1),
            "steepest": bool(now.squared and abs(now.z) < 0.05),
            "coin": bool(math.isclose(self.loss, math.log(2))),
        }

    def code(self):
        return CODE.format(z=self.now.z, y=self.now.y)
