"""One sample: probability, loss and gradient over the logit (E1, E2, E6)."""

import math

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.components.logistic_board import FADER, logistic_board
from explorer.figures.logistic import Curve, curves_figure
from explorer.maths import losses
from explorer.pages.logistic_regression import lead
from explorer.shell.numbers import number
from explorer.shell.page import Page

CONTROLS = ()
Z = np.linspace(*FADER, 201)

PRESETS = {
    "undecided": {"z": 0.0, "y": 1, "squared": False},
    "sure_and_right": {"z": 5.0, "y": 1, "squared": False},
    "sure_and_wrong": {"z": 5.0, "y": 0, "squared": False},
    "squared_error_is_stuck": {"z": -6.0, "y": 1, "squared": True},
    "f_rounds_to_one": {"z": 40.0, "y": 0, "squared": False},
}

CODE = """import numpy as np

z, y = {z}, {y}  # the logit, the observed label

f, g = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))  # g = 1 - f, right even where f rounds to 1
p = f**y * g ** (1 - y)
loss = np.logaddexp(0, -z if y == 1 else z)  # -ln p, right even where p rounds to 0
gradient = f if y == 0 else -g  # f - y
print(f, p, loss, gradient)
print(gradient**2, 2 * gradient * f * g)  # the squared error and its gradient
"""


def show(page: Page) -> None:
    """Show the board, and the three curves on which its point moves."""
    now, words = page.now, page.words
    lead(page, "sample")
    board = logistic_board(page.settings, words)
    st.toggle(words("sample.squared"), **page.settings.widget("squared"))

    probability, loss, gradient = st.columns(3)
    code = CODE.format(z=now.z, y=now.y)
    p = losses.bernoulli_likelihood(now.z, now.y)
    values = {
        "z": number(now.z, 2),
        "y": now.y,
        "f": number(losses.sigmoid(now.z)),
        "p": number(p),
        "loss": number(losses.binary_cross_entropy(now.z, now.y)),
        "gradient": number(losses.binary_cross_entropy_gradient(now.z, now.y)),
        "squared": number(losses.squared_error(now.z, now.y)),
        "squared_gradient": number(losses.squared_error_gradient(now.z, now.y)),
    }
    with st.container(key="said-sample"):
        st.caption(words("sample.said", **values))

    def draw(column, name, curves, y_range, *points):
        with column:
            st.markdown(words(f"sample.{name}"))
            live_figure(
                curves_figure(Z, curves, "", y_range),
                key=f"logistic.{name}",
                words=words,
                alt=words(f"sample.{name}_alt", **values),
                subject=name,
                height=280,
                follow={"board": board, "points": [{"x": "z", "y": y, "colour": colour} for y, colour in points]},
                code=code,
            )

    point, quiet = "var(--text)", "var(--quiet)"
    draw(
        probability,
        "probability",
        [Curve("P(y=1|x)", losses.sigmoid(Z), 1), Curve("P(y=0|x)", losses.sigmoid(-Z), 0)],
        (-0.03, 1.03),
        ("p", point),
    )
    squared = [("squared", quiet)] * now.squared
    draw(
        loss,
        "loss",
        _of_both_labels(losses.binary_cross_entropy) + now.squared * _of_both_labels(losses.squared_error, "dot"),
        (-0.3, 10.3),
        ("loss", point),
        *squared,
    )
    draw(
        gradient,
        "gradient",
        _of_both_labels(losses.binary_cross_entropy_gradient)
        + now.squared * _of_both_labels(losses.squared_error_gradient, "dot"),
        (-1.06, 1.06),
        ("gradient", point),
        *[("squared_gradient", quiet)] * now.squared,
    )
    if now.squared:
        st.markdown(words("sample.squared_lead"))

    cross_entropy = losses.binary_cross_entropy(now.z, now.y)
    wrong = (now.z > 0) != (now.y == 1)
    page.questions(
        {
            "one_nat": bool(abs(cross_entropy - 1) < 0.005),
            "stuck": bool(
                now.squared and wrong and abs(losses.squared_error_gradient(now.z, now.y)) < 0.01 and abs(now.z) > 1
            ),
            "coin": bool(math.isclose(cross_entropy, math.log(2))),
        }
    )
    page.code(code)


def _of_both_labels(function, dash="solid") -> list[Curve]:
    return [Curve(f"y = {label}", function(Z, label), label, dash) for label in (1, 0)]
