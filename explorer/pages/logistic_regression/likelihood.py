"""Many samples: their likelihood, as a product that underflows and as a sum that does not (E3)."""

import math

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.components.weights_board import LIKELIHOOD, weights_board
from explorer.figures.logistic import BARS, RUNNING, bars_figure, running_figure
from explorer.maths import logistic, losses
from explorer.pages.logistic_regression import data_controls, estimate, lead, samples
from explorer.shell.numbers import number
from explorer.shell.page import Page

CONTROLS = ("m",)
POINTS = 161

PRESETS = {
    "fair_coin": {"data": "overlapping", "seed": 0, "m": 40, "w": 0.0, "b": 0.0},
    "close_to_the_maximum": {"data": "overlapping", "seed": 0, "m": 40, "w": 1.5, "b": 0.0},
    "underflow": {"data": "overlapping", "seed": 0, "m": 2000, "w": 1.5, "b": 0.0},
    "one_outlier": {"data": "outlier", "seed": 0, "m": 40, "w": 4.0, "b": 0.0},
    "always_no": {"data": "imbalanced", "seed": 0, "m": 200, "w": 0.0, "b": -2.2},
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


def show(page: Page) -> None:
    """Show the board, each sample's probability as a bar, and the likelihood of the first k samples."""
    now, words = page.now, page.words
    lead(page, "likelihood")
    if not now.show:
        data_controls(page, *CONTROLS)
    x, y = samples(page)
    theta = [now.w, now.b]
    grid = np.linspace(*_extent(x), POINTS)
    board = weights_board(page.settings, words, ("w", "b"), x, y, grid, numbers=LIKELIHOOD)

    log_sum = np.cumsum(-losses.binary_cross_entropy(logistic.scores(theta, x), y))
    product = np.cumprod(logistic.likelihood_terms(theta, x, y))
    holds = int(np.count_nonzero(product))  # the samples whose product is still above 0
    loss = logistic.loss(theta, x, y)
    said = {
        "m": now.m,
        "w": number(now.w, 2),
        "b": number(now.b, 2),
        "likelihood": number(product[-1]) if product[-1] else "0",
        "log_likelihood": number(log_sum[-1]),
        "loss": number(loss),
        "product": words("likelihood.underflow", k=holds + 1) if holds < now.m else words("likelihood.fits"),
    }
    with st.container(key="said-likelihood"):
        st.caption(words("likelihood.said", **said))
    code = CODE.format(w=now.w, b=now.b, x=x[:, 0].tolist(), y=y.tolist())
    live_figure(
        bars_figure(
            grid,
            losses.sigmoid(now.w * grid + now.b),
            x[:, 0],
            y,
            losses.sigmoid(logistic.scores(theta, x)),
            (words("label_0"), words("label_1")),
        ),
        key="logistic.bars",
        words=words,
        alt=words("likelihood.bars_alt", **said),
        subject=f"{now.data} {now.seed} {now.m}",
        height=320,
        follow={"board": board, "traces": BARS},
        code=code,
    )
    st.markdown(words("likelihood.running"))
    live_figure(
        running_figure(
            log_sum,
            np.log(product, out=np.full(now.m, np.nan), where=product > 0),
            (words("likelihood.sum"), words("likelihood.product"), words("likelihood.floor")),
            "k",
        ),
        key="logistic.running",
        words=words,
        alt=words("likelihood.running_alt", **said),
        subject=f"{now.data} {now.seed} {now.m}",
        height=260,
        follow={"board": board, "traces": RUNNING},
        code=code,
    )
    best = estimate(x, y)
    page.questions(
        {
            "first_zero": holds == now.m - 1,
            "coins": now.w == 0 and now.b == 0,
            "by_hand": bool(best is not None and now.m >= 20 and loss - logistic.loss(best, x, y) < 0.005),
        }
    )
    page.code(code)


def _extent(x) -> tuple[float, float]:
    return min(-4.0, math.floor(x.min() - 0.5)), max(4.0, math.ceil(x.max() + 0.5))
