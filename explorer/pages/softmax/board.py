"""The board: logits, probabilities, loss and gradient (E4 to E6, E11)."""

import math

import numpy as np
import streamlit as st

from explorer.components.logit_board import logit_board
from explorer.maths import losses
from explorer.pages.softmax import FIRST, SURE_AND_WRONG
from explorer.shell.numbers import number
from explorer.shell.page import Page

PRESETS = {
    "cat_or_dog": {"z": FIRST, "y": 3, "T": 1.0},
    "sure_and_right": {"z": (0, 0, 0, 9, 0, 0, 0, 0, 0, 0), "y": 3, "T": 1.0},
    "sure_and_wrong": {"z": SURE_AND_WRONG, "y": 3, "T": 1.0},
    "knows_nothing": {"z": (0,) * 10, "y": 3, "T": 1.0},
    "hot": {"z": FIRST, "y": 3, "T": 10.0},
    "cold": {"z": FIRST, "y": 3, "T": 0.1},
    "overflow": {"z": (1000, 0, 0, 997, 0, 0, 0, 0, 0, 0), "y": 3, "T": 1.0},
}

CODE = """import numpy as np

f = np.array({z})  # the logits
y = {y}  # the true class
T = {T}  # the temperature

powers = np.exp((f - f.max()) / T)  # subtracting the largest changes no quotient
p = powers / powers.sum()
loss = np.log(powers.sum()) - (f[y] - f.max()) / T
gradient = (p - np.eye(10)[y]) / T
print(p.round(4), loss, gradient.round(4))
"""


def code(page: Page) -> str:
    """Return the lines that compute what the board shows."""
    return CODE.format(z=list(page.now.z), y=page.now.y, T=page.now.T)


def show(page: Page, classes: list[str]) -> None:
    """Show the board, and say in words what it shows."""
    now, words = page.now, page.words
    p = losses.softmax(now.z, now.T)
    loss = losses.softmax_loss(now.z, now.y, now.T)
    likeliest = np.flatnonzero(p == p.max())
    predicted = classes[likeliest[0]] if len(likeliest) == 1 else words("board.tie", count=len(likeliest))
    if page.shows("text"):
        st.markdown(words("board.lead"))
    logit_board(page.settings, words, classes)
    with st.container(key="said-board"):
        st.caption(
            words(
                "board.said",
                y=classes[now.y],
                p=number(p[now.y]),
                predicted=predicted,
                loss=number(loss),
                perplexity=number(math.exp(loss) if loss < 700 else math.inf, 3),
            )
        )
    page.questions(
        {
            "ln10": abs(loss - math.log(10)) < 5e-5 and max(now.z) - min(now.z) > 0.01,
            "never_zero": loss < 1e-3,
            "shift": min(now.z) >= 5 and now.T == 1 and now.y == 3 and np.allclose(p, losses.softmax(FIRST), atol=5e-4),
            "scale": now.T != 1
            and np.allclose(p, losses.softmax(FIRST), atol=5e-4)
            and np.ptp(now.z) > 1.05 * np.ptp(FIRST),
        }
    )
    page.code(code(page))
