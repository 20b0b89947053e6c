"""The essay's claim tested: cross-entropy or divergence, a constant apart and equally steep (E10)."""

import numpy as np
import streamlit as st

from explorer.components.distribution_board import distribution_board
from explorer.components.live_figure import captioned_figure
from explorer.figures.cross_entropy import gradient_lines, loss_lines
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import divergence
from explorer.maths.comparison import without_roundings
from explorer.pages.cross_entropy import CAT, class_names, measure, shows
from explorer.pages.cross_entropy.board import FIRST
from explorer.shell.numbers import number
from explorer.stage.page import Page

BOARD = "cross_entropy.along"
# The traces of the two figures, by the names under which the board publishes them.
LOSSES = [{"trace": i, "y": f"line_{name}"} for i, name in enumerate(("cross_entropy", "entropy", "divergence"))]
GRADIENTS = [
    {"trace": i, "y": name} for i, name in enumerate(("line_gradient", "slope_cross_entropy", "slope_divergence"))
]
# A teacher's probabilities at a temperature of 3, as they are used in distillation.
TEACHER = (0.03, 0.03, 0.06, 0.4, 0.08, 0.3, 0.04, 0.04, 0.01, 0.01)

PRESETS = {
    "claim_onehot": {"target": "onehot", "y": CAT, "guess": "logits", "z": FIRST, "k": CAT},
    "claim_smoothed": {"target": "smoothed", "eps": 0.2, "y": CAT, "guess": "logits", "z": FIRST, "k": CAT},
    "claim_floor": {
        "target": "smoothed",
        "eps": 0.2,
        "y": CAT,
        "guess": "logits",
        "z": [3.7136 * (k == CAT) for k in range(10)],
        "k": CAT,
    },
    "claim_teacher": {"target": "hand", "p": TEACHER, "guess": "logits", "z": FIRST, "k": CAT},
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


def show(page: Page) -> None:
    """Show both losses and both gradients along one logit, and the board that moves along them."""
    now, words = page.now, page.words
    board = measure(now, guess="logits")
    name = class_names(page)[now.k]
    line = divergence.logit_line(board.p, now.z, now.k)
    gradient = without_roundings(board.q[now.k] - board.p[now.k], of=board.p[now.k])
    code = CODE.format(p=board.p.tolist(), z=list(now.z), k=now.k, classes=10)
    if shows(page, "figure"):
        page.settings.select_box("k", words("claim.k"), range(10), class_names(page).__getitem__, width=240)
        axis = f"f({name})"
        at = {"x": f"z{now.k}"}
        losses_say = words(
            "claim.says_losses",
            cross_entropy=number(board.cross_entropy),
            forward=number(board.forward),
            entropy=number(board.entropy),
        )
        gradients_say = words(
            "claim.says_gradients",
            name=name,
            q=number(board.q[now.k]),
            p=number(board.p[now.k]),
            value=number(gradient),
        )
        left, right = st.columns(2)
        with left:
            st.markdown(words("claim.losses"))
            captioned_figure(
                loss_lines(line, board.entropy, axis),
                key="cross_entropy.claim_losses",
                words=words,
                alt=losses_say,
                height=320,
                follow={
                    "board": BOARD,
                    "points": [
                        at | {"y": "cross_entropy", "colour": "var(--text)"},
                        at | {"y": "divergence", "colour": "var(--accent)"},
                    ],
                    "traces": LOSSES,
                },
                code=code,
            )
        with right:
            st.markdown(words("claim.gradients"))
            captioned_figure(
                gradient_lines(line, axis),
                key="cross_entropy.claim_gradients",
                words=words,
                alt=gradients_say,
                height=320,
                follow={
                    "board": BOARD,
                    "points": [at | {"y": f"g{now.k}", "colour": "var(--accent)"}],
                    "traces": GRADIENTS,
                },
                code=code,
            )
    if shows(page, "board"):
        distribution_board(
            BOARD,
            page.settings,
            words,
            class_names(page),
            CLASS_COLOURS,
            {name: name for name in ("target", "y", "eps", "p", "z")},
            fixed={"guess": "logits", "unit": "nats"},
            along=(now.k, line.f),
        )
    page.questions(
        {
            "no_distance": board.entropy == 0,
            "widest": abs(board.entropy - np.log(10)) < 5e-4,
            "level": abs(gradient) < 5e-4 and board.forward > 0.05,
        }
    )
    page.code(code)
