"""The loss of m samples, with the indicator sum of E5 written out."""

import re

import numpy as np
import streamlit as st

from explorer.components.sample_table import sample_table
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.softmax import FIRST, heading
from explorer.shell.numbers import number
from explorer.shell.page import Page


def _sample(label: int, largest: float, at: int | None = None, rest: float = 0.0) -> tuple:
    """Return a sample of class `label` whose logit `at` (by default the true one) is `largest`."""
    logits = [rest] * 10
    logits[label if at is None else at] = largest
    return (label, *logits)


MIXED = (
    (3, *FIRST),
    (0, 4.1, -0.8, 1.9, 0.1, 0.4, -1.2, -0.9, 0.2, 2.6, 0.3),
    (9, 0.7, 3.4, -1.5, 0.2, -1.1, -0.4, -0.8, 0.6, 0.9, 3.1),
    (6, -1.3, -0.7, 1.6, 1.2, 1.4, 0.1, 5.2, -0.9, -1.8, -0.5),
    (8, 2.3, 0.4, -0.2, -0.6, 0.1, -1.3, -0.8, -0.4, 4.4, 1.2),
)
EASY = tuple(_sample(label, 8.0) for label in (3, 0, 9, 6, 8))
UNSURE = tuple(_sample(label, 0.5) for label in (3, 0, 9, 6, 8))
ONE_DISASTER = (*(_sample(label, 12.0) for label in range(9)), _sample(9, 40.0, at=1))
ALL_WRONG = tuple(_sample(label, 15.0, at=wrong) for label, wrong in ((3, 5), (0, 8), (9, 1), (6, 2), (8, 0)))

PRESETS = {
    "mixed": {"rows": MIXED, "row": 1},
    "easy": {"rows": EASY, "row": 1},
    "unsure": {"rows": UNSURE, "row": 1},
    "one_disaster": {"rows": ONE_DISASTER, "row": 10},
    "all_wrong": {"rows": ALL_WRONG, "row": 1},
}

CODE = """import numpy as np

y = np.array({y})  # the true classes
f = np.array({f})  # the logits, m × 10

s = f - f.max(axis=1, keepdims=True)
log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
indicator = np.eye(10)[y]  # 1(y_i = k)
losses = -(indicator * log_p).sum(axis=1)
print(losses, losses.mean())
"""


def show(page: Page, classes: list[str]) -> None:
    """Show the table, the sum over the classes for the chosen sample, and the mean over the samples."""
    now, words = page.now, page.words
    heading(page, "samples")
    sample_table(page.settings, words, classes)
    labels = [label for label, *_ in now.rows]
    logits = np.array([sample[1:] for sample in now.rows])
    log_p = losses.log_softmax(logits)
    each = losses.softmax_loss(logits, labels)
    chosen = min(now.row, len(now.rows))
    write_out(page, classes, chosen, labels[chosen - 1], log_p[chosen - 1], each)
    largest = log_p.max(axis=-1, keepdims=True)
    alone = (log_p == largest).sum(axis=-1) == 1
    right = float(np.mean(alone & (log_p.argmax(axis=-1) == labels)))
    page.questions(
        {
            "right_and_costly": len(labels) >= 5 and right >= 0.8 and exceeds(each.mean(), np.log(10)),
            "wrong_and_cheap": right == 0 and each.mean() < np.log(2) + 0.1,
        }
    )
    page.code(CODE.format(y=labels, f=logits.tolist()))


def write_out(page: Page, classes: list[str], chosen: int, label: int, log_p, each) -> None:
    """Write E5 with its numbers: the ten terms of the chosen sample, then the mean."""
    words = page.words
    terms = [
        rf"\mathbf{{1\cdot({_tex(value)})}}" if k == label else rf"0\cdot({_tex(value)})"
        for k, value in enumerate(log_p)
    ]
    st.markdown(words("samples.sum_lead", i=chosen, y=classes[label]))
    indicator = rf"L_{{{chosen}}}=-\sum_k 1(y_{{{chosen}}}=k)\,\ln P(k\mid x_{{{chosen}}})"
    st.markdown(f"${indicator}$ $= -[\\,{' + '.join(terms)}\\,]$ $= {_tex(each[chosen - 1])}$")
    st.markdown(words("samples.mean_lead", m=len(each)))
    st.markdown(
        rf"$L=\frac1m\sum_i L_i$ $= \frac1{{{len(each)}}}\,({' + '.join(map(_tex, each))})$ $= {_tex(each.mean())}$"
    )


def _tex(value: float) -> str:
    """Write a number as `numbers.number` does, for a formula."""
    superscripts = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = re.sub("×10(.+)", lambda power: rf"\times10^{{{power[1].translate(superscripts)}}}", number(float(value)))
    return text.replace("−", "-").replace("∞", r"\infty")
