"""From D_KL(p‖q) to the softmax loss, line by line with the numbers of the board (E12)."""

import numpy as np
import streamlit as st

from explorer.components.distribution_board import distribution_board
from explorer.figures.theme import CLASS_COLOURS
from explorer.pages.cross_entropy import CAT, class_names, one_hot, shows
from explorer.pages.cross_entropy.board import FIRST
from explorer.shell.numbers import number
from explorer.stage.page import Page

STEPS = range(1, 6)

PRESETS = {
    "cat_or_dog": {"z": FIRST, "y": CAT},
    "right": {"z": [9.0 * (k == CAT) for k in range(10)], "y": CAT},
    "wrong": {"z": [9.0 * (k == 0) for k in range(10)], "y": CAT},
    "even": {"z": [0.0] * 10, "y": CAT},
}

CODE = """import numpy as np

f = np.array({z})  # the logits
y = {y}  # the true class

p = np.eye({classes})[y]  # one-hot
q = np.exp(f - f.max()) / np.exp(f - f.max()).sum()  # softmax
divergence = sum(p[k] * np.log(p[k] / q[k]) for k in range({classes}) if p[k] > 0)
loss = -np.log(np.exp(f - f.max())[y] / np.exp(f - f.max()).sum())
print(divergence, loss)
"""


def show(page: Page) -> None:
    """Show the derivation up to the chosen line, and below it the board that changes its numbers."""
    now, words = page.now, page.words
    board = one_hot(now)
    if shows(page, "figure"):
        st.segmented_control(words("derivation.step"), STEPS, required=True, **page.settings.widget("step"))
        values = {
            "name": class_names(page)[now.y],
            "cross_entropy": number(board.cross_entropy),
            "entropy": number(board.entropy),
            "divergence": number(board.forward),
            "q": number(board.q[now.y]),
            "f": number(now.z[now.y], 2),
            "power": number(float(np.exp(now.z[now.y]))),
            "sum": number(float(np.exp(now.z).sum())),
        }
        for step in range(1, now.step + 1):
            with st.container(border=True):
                st.markdown(words(f"derivation.line{step}", **values))
        if now.step == STEPS[-1]:
            st.info(words("derivation.slip"), icon=":material/edit_note:")
    if shows(page, "board"):
        distribution_board(
            "cross_entropy.derived",
            page.settings,
            words,
            class_names(page),
            CLASS_COLOURS,
            {"y": "y", "z": "z"},
            fixed={"target": "onehot", "guess": "logits", "unit": "nats"},
            derive=True,
        )
    page.questions(
        {
            "half": abs(board.forward - np.log(2)) < 5e-4,
            "perfect": board.forward < 5e-5,
            "tenth": abs(board.forward - np.log(10)) < 5e-4 and np.ptp(now.z) > 0.01,
        }
    )
    page.code(CODE.format(z=list(now.z), y=now.y, classes=10))
