"""The same logits through one softmax and through independent sigmoids."""

import math

import numpy as np
import streamlit as st

from explorer.components.softmax_vs_sigmoid_board import softmax_vs_sigmoid_board
from explorer.maths import losses, multi_label
from explorer.pages.softmax_or_sigmoid import FIRST, Scene, choice, picture
from explorer.shell.numbers import number
from explorer.shell.settings import Settings
from explorer.stage.page import Page

PRESETS = {
    "split": {"example": "style", **FIRST["style"]},
    "both_sure": {"example": "style", **picture((9.0, 9.0, -9.0, -9.0), 0, 1, several=True)},
    "none_of_them": {"example": "style", **picture((-4.0, -3.0, -5.0, -3.5), several=True)},
    "one_or_seven": {"example": "digit", **picture((-3.0, 2.5, -2.0, -3.5, -2.5, -4.0, -5.0, 3.1, -4.5, -1.5), 7)},
    "cat_and_dog": {"example": "cifar10", **FIRST["cifar10"], "y": ("3", "5"), "several": True},
}

CODE = """import numpy as np

f = np.array({z})  # the logits
y = np.array({y})  # the labels

log_q = f - f.max() - np.log(np.exp(f - f.max()).sum())  # one softmax
log_s = -np.logaddexp(0, -f)  # independent sigmoids
print("sums", np.exp(log_q).sum(), np.exp(log_s).sum())
if y.any():
    p = y / y.sum()
    print("softmax", -(p * log_q).sum(), np.exp(log_q) - p)
print("sigmoids", np.logaddexp(0, np.where(y == 1, -f, f)).sum(), np.exp(log_s) - y)
"""


def show(page: Page, scene: Scene) -> None:
    """Show the example and its board, and say in words what it shows."""
    words, logits, labels = page.words, scene.logits, scene.labels
    choice(page, "example", on_change=begin, args=(page.settings,))
    st.markdown(words(f"note.{page.now.example}"))
    softmax_vs_sigmoid_board(page.settings, words, scene.classes)
    softmax_loss = multi_label.softmax_loss(logits, labels) if labels.any() else math.nan
    sigmoid_loss = multi_label.sigmoid_loss(logits, labels)
    st.caption(
        words(
            "board.alt" if labels.any() else "board.alt_no_label",
            softmax=number(softmax_loss),
            sigmoid=number(sigmoid_loss),
            sum=number(losses.sigmoid(logits).sum(), 3),
        )
    )
    shift = logits - FIRST[page.now.example]["z"][: len(logits)]
    largest_is_true = labels.sum() == 1 and (logits >= logits.max()).astype(float).tolist() == labels.tolist()
    page.questions(
        {
            "ln2": labels.sum() == 2 and softmax_loss < math.log(2) + 1e-3,
            "nothing": not labels.any() and sigmoid_loss < 0.1,
            "shift": abs(shift[0]) >= 1 and np.ptp(shift) < 1e-9,
            "largest": largest_is_true and logits.max() < 0,
        }
    )
    page.code(CODE.format(z=logits.tolist(), y=labels.astype(int).tolist()))


def begin(settings: Settings) -> None:
    """Show the chosen example as it begins."""
    settings.set(**FIRST[settings.values()["example"]])
