"""The loss of m samples, with the indicator sum of E5 written out."""

import re

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.sample_table import sample_table
from explorer.images.cifar10_classes import EXAMPLE
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number


def _sample(label: int, largest: float, at: int | None = None) -> tuple:
    """Return a sample of class `label` whose logit `at` (by default the true one) is `largest`."""
    logits = [0.0] * 10
    logits[label if at is None else at] = largest
    return (label, *logits)


def _nearly_tied(label: int) -> tuple:
    """Return a sample that another class wins by a hair, with next to nothing left for the other eight."""
    logits = [-9.0] * 10
    logits[label], logits[(label + 1) % 10] = 0.0, 0.05
    return (label, *logits)


MIXED = (
    (3, *EXAMPLE),
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

# What answers each question.
ANSWERS = {
    "right_and_costly": {"rows": ONE_DISASTER, "row": 10},
    "wrong_and_cheap": {"rows": tuple(map(_nearly_tied, range(5))), "row": 1},
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


class MeanLoss(NamedSection):
    """A table of samples, the sum over the classes for one of them, and the mean over all."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        self.classes = self.class_names()
        self.labels = [label for label, *_ in self.now.rows]
        self.logits = np.array([sample[1:] for sample in self.now.rows])
        self.each = losses.softmax_loss(self.logits, self.labels)

    def controls(self):
        sample_table(self.page.settings, self.words, self.classes)

    def figure(self):
        with st.container(key="stage-pair-samples"):
            board_figure("softmax.samples")
            board_figure("softmax.samples", "terms")

    def text(self):
        st.subheader(self.words("samples.title"), anchor=False)
        st.markdown(self.words("samples.lead"))
        chosen = min(self.now.row, len(self.labels))
        label = self.labels[chosen - 1]
        terms = [
            rf"\mathbf{{1\cdot({_tex(value)})}}" if k == label else rf"0\cdot({_tex(value)})"
            for k, value in enumerate(losses.log_softmax(self.logits[chosen - 1]))
        ]
        st.markdown(self.words("samples.sum_lead", i=chosen, y=self.classes[label]))
        indicator = rf"L_{{{chosen}}}=-\sum_k 1(y_{{{chosen}}}=k)\,\ln P(k\mid x_{{{chosen}}})"
        st.markdown(f"${indicator}$ $= -[\\,{' + '.join(terms)}\\,]$ $= {_tex(self.each[chosen - 1])}$")
        st.markdown(self.words("samples.mean_lead", m=len(self.each)))
        mean = rf"= \frac1{{{len(self.each)}}}\,({' + '.join(map(_tex, self.each))})"
        st.markdown(rf"$L=\frac1m\sum_i L_i$ ${mean}$ $= {_tex(self.each.mean())}$")

    def found(self):
        log_p = losses.log_softmax(self.logits)
        alone = (log_p == log_p.max(axis=-1, keepdims=True)).sum(axis=-1) == 1
        right = float(np.mean(alone & (log_p.argmax(axis=-1) == self.labels)))
        mean = self.each.mean()
        return {
            "right_and_costly": len(self.labels) >= 5 and right >= 0.8 and exceeds(mean, np.log(10)),
            "wrong_and_cheap": right == 0 and mean < np.log(2) + 0.1,
        }

    def code(self):
        return CODE.format(y=self.labels, f=self.logits.tolist())


def _tex(value: float) -> str:
    """Write a number as `numbers.number` does, for a formula."""
    superscripts = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = re.sub("×10(.+)", lambda power: rf"\times10^{{{power[1].translate(superscripts)}}}", number(float(value)))
    return text.replace("−", "-").replace("∞", r"\infty")
