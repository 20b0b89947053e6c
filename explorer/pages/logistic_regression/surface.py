"""The sigmoid as a surface over two features, with the samples standing on it (E1)."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.components.weights_board import weights_board
from explorer.figures.logistic import STANDING, STANDING_CONTOURS, standing_figure
from explorer.maths import logistic, losses, surfaces
from explorer.pages.logistic_regression import data_controls, lead
from explorer.shell.numbers import number
from explorer.shell.page import Page

CONTROLS = ("view",)
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

CODE = """import numpy as np

w1, w2, b = {w1}, {w2}, {b}
x = np.array({x})
y = np.array({y})

z = w1 * x[:, 0] + w2 * x[:, 1] + b
print("J =", np.logaddexp(0, np.where(y == 1, -z, z)).mean())
print("right:", ((z > 0) == (y == 1)).sum(), "of", len(y))
"""


@st.cache_data(max_entries=100, show_spinner=False)
def samples(data: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples that stand on the surface: x (m × 2) and y."""
    return logistic.toy_data(data, SAMPLES, seed, features=2)


def show(page: Page) -> None:
    """Show the sliders, the surface and the samples."""
    now, words = page.now, page.words
    lead(page, "surface")
    if not now.show:
        data_controls(page, *CONTROLS)

    x, y = samples(now.data, now.seed)
    theta = [now.w1, now.w2, now.w0]
    z = logistic.scores(theta, x)
    correct = int(((z > 0) == (y == 1)).sum())
    extent = max(4.0, np.ceil(np.abs(x).max()))
    grid = np.linspace(-extent, extent, surfaces.POINTS)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        board = weights_board(page.settings, words, ("w1", "w2", "w0"), x, y, grid)
    code = CODE.format(w1=now.w1, w2=now.w2, b=now.w0, x=x.round(4).tolist(), y=y.tolist())
    alt = words(
        "surface.alt",
        w1=number(now.w1, 2),
        w2=number(now.w2, 2),
        b=number(now.w0, 2),
        samples=len(y),
        right=correct,
        loss=number(logistic.loss(theta, x, y)),
        origin=number(losses.sigmoid(now.w0)),
    )
    with right:
        with st.container(key="said-surface"):
            st.caption(alt)
        live_figure(
            standing_figure(
                surfaces.sigmoid_surface(*theta, (-extent, extent)),
                ("x₁", "x₂", "σ(z)"),
                x,
                y,
                losses.sigmoid(z),
                (words("label_0"), words("label_1")),
                now.view == "contours",
            ),
            key="logistic.surface",
            words=words,
            alt=alt,
            subject=f"{now.view} {extent}",
            height=470,
            follow={"board": board, "traces": STANDING_CONTOURS if now.view == "contours" else STANDING},
            code=code,
        )
    page.questions(
        {
            "ignores_x2": now.w2 == 0 and now.w1 < 0,
            "all_right": bool(now.data == "separable" and correct == len(y)),
            "cliff": bool(np.hypot(now.w1, now.w2) >= CLIFF and now.w1 == now.w2 and now.w0 == 0),
        }
    )
    page.code(code)
