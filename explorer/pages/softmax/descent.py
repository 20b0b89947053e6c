"""Gradient descent on the logits of one sample (E6)."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.softmax import falling_figure, shares_figure
from explorer.maths import losses
from explorer.maths.comparison import without_roundings
from explorer.maths.descent import descend
from explorer.pages.softmax import FIRST, SURE_AND_WRONG, beside_board, heading
from explorer.shell.numbers import number
from explorer.shell.page import Page

PRESETS = {
    "nearly": {"z": FIRST, "y": 3, "T": 1.0, "steps": 20, "rate": 1.0, "log": False},
    "from_wrong": {"z": SURE_AND_WRONG, "y": 3, "T": 1.0, "steps": 40, "rate": 0.5, "log": False},
    "from_nothing": {"z": (0,) * 10, "y": 3, "T": 1.0, "steps": 20, "rate": 1.0, "log": False},
    "long": {"z": FIRST, "y": 3, "T": 1.0, "steps": 200, "rate": 1.0, "log": True},
    "giant_steps": {"z": FIRST, "y": 3, "T": 1.0, "steps": 20, "rate": 50.0, "log": True},
}

CODE = """import numpy as np

f = np.array({z})  # the logits to begin with
y, T = {y}, {T}  # the true class, the temperature

for step in range({steps}):
    p = np.exp((f - f.max()) / T)
    p = p / p.sum()
    f = f - {rate} * (p - np.eye(10)[y]) / T
p = np.exp((f - f.max()) / T)
p = p / p.sum()
print(f.round(4), p.round(4), -np.log(p[y]))
"""


def show(page: Page, classes: list[str]) -> None:
    """Show how the probabilities and the loss move as the logits descend."""
    now, words, widget = page.now, page.words, page.settings.widget
    heading(page, "descent")
    path = descend(now.z, now.y, now.rate, now.steps, now.T)
    probabilities = losses.softmax(path, now.T)
    falling = losses.softmax_loss(path, now.y, now.T)
    with beside_board(page, classes, "descent"):
        left, middle, right = st.columns([2, 1.2, 1.2], vertical_alignment="bottom")
        steps, rate = page.settings.table["steps"], page.settings.table["rate"]
        left.slider(words("descent.steps"), steps.low, steps.high, **widget("steps"))
        middle.number_input(words("descent.rate"), rate.low, rate.high, step=0.1, format="%.2f", **widget("rate"))
        right.toggle(words("descent.log"), **widget("log"))
        told = words(
            "descent.shares_alt",
            y=classes[now.y],
            steps=now.steps,
            before=number(probabilities[0, now.y]),
            after=number(probabilities[-1, now.y]),
        )
        live_figure(
            shares_figure(probabilities, classes, now.y, (words("descent.step"), "P(k|x)")),
            key="softmax.shares",
            words=words,
            alt=told,
            subject=str(now.steps),
            height=330,
            code=source(page),
        )
        fell = words(
            "descent.loss_alt",
            steps=now.steps,
            before=number(falling[0]),
            after=number(falling[-1]),
            mean=number(without_roundings(np.mean(now.z), of=np.max(np.abs(now.z))), 3),
            mean_after=number(without_roundings(path[-1].mean(), of=np.max(np.abs(path))), 3),
        )
        live_figure(
            falling_figure(falling, (words("descent.step"), words("descent.loss")), now.log),
            key="softmax.falling",
            words=words,
            alt=fell,
            subject=f"{now.steps} {now.log}",
            height=260,
            code=source(page),
        )
        st.caption(words.sentences(told, fell))
    first_right = np.flatnonzero(probabilities.argmax(axis=-1) == now.y)
    from_wrong = now.z == tuple(map(float, SURE_AND_WRONG)) and now.y == 3 and now.T == 1
    page.questions(
        {
            "turning_point": bool(from_wrong and now.rate == 0.5 and first_right.size and first_right[0] == now.steps),
            "patience": bool(falling[-1] < 0.01 and now.rate <= 1 and falling[0] > 1),
        }
    )
    page.code(source(page))


def source(page: Page) -> str:
    """Return the lines that compute the descent."""
    now = page.now
    return CODE.format(z=list(now.z), y=now.y, T=now.T, steps=now.steps, rate=now.rate)
