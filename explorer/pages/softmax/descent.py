"""Gradient descent on the logits of one sample (E6)."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.softmax import falling_figure, shares_figure
from explorer.images.cifar10_classes import EXAMPLE
from explorer.maths import losses
from explorer.maths.comparison import without_roundings
from explorer.maths.descent import descend
from explorer.pages.softmax import SURE_AND_WRONG, SoftmaxSection
from explorer.shell.numbers import number

PRESETS = {
    "nearly": {"z": EXAMPLE, "y": 3, "T": 1.0, "steps": 20, "rate": 1.0, "log": False},
    "from_wrong": {"z": SURE_AND_WRONG, "y": 3, "T": 1.0, "steps": 40, "rate": 0.5, "log": False},
    "from_nothing": {"z": (0,) * 10, "y": 3, "T": 1.0, "steps": 20, "rate": 1.0, "log": False},
    "long": {"z": EXAMPLE, "y": 3, "T": 1.0, "steps": 200, "rate": 1.0, "log": True},
    "giant_steps": {"z": EXAMPLE, "y": 3, "T": 1.0, "steps": 20, "rate": 50.0, "log": True},
}

# What answers each question.
ANSWERS = {
    "turning_point": PRESETS["from_wrong"] | {"steps": 10, "n": "10"},
    "patience": {"z": SURE_AND_WRONG, "y": 3, "T": 1.0, "steps": 200, "rate": 1.0, "log": True},
}

CODE = """import numpy as np

f = np.array({z})  # the logits to begin with
y, T = {y}, {T}  # the place of the true class among them, the temperature

for step in range({steps}):
    p = np.exp((f - f.max()) / T)
    p = p / p.sum()
    f = f - {rate} * (p - np.eye(len(f))[y]) / T
p = np.exp((f - f.max()) / T)
p = p / p.sum()
print(f.round(4), p.round(4), -np.log(p[y]))
"""


class Descent(SoftmaxSection):
    """How the probabilities and the loss move as the logits descend."""

    presets = PRESETS
    answers = ANSWERS
    takes_temperature = True

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.path = descend(
            lambda z: losses.softmax_loss_gradient(z, self.label, now.T), self.logits, now.rate, now.steps
        )
        self.probabilities = losses.softmax(self.path, now.T)
        self.falling = losses.softmax_loss(self.path, self.label, now.T)

    def controls(self):
        words, widget = self.words, self.page.settings.widget
        steps, rate = self.page.settings.specs["steps"], self.page.settings.specs["rate"]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.slider(words("descent.steps"), steps.low, steps.high, width="stretch", **widget("steps"))
            st.number_input(
                words("descent.rate"), rate.low, rate.high, step=0.1, format="%.2f", width=140, **widget("rate")
            )
            st.toggle(words("descent.log"), **widget("log"))
        self.board(beside="descent")

    def figure(self):
        now, words = self.now, self.words
        step = words("descent.step")
        live_figure(
            shares_figure(self.probabilities, self.classes, self.colours, self.label, (step, "P(k|x)")),
            key="softmax.shares",
            words=words,
            alt=self.said_of_shares(),
            subject=str(now.steps),
            code=self.code(),
        )
        live_figure(
            falling_figure(self.falling, (step, words("descent.loss")), now.log),
            key="softmax.falling",
            words=words,
            alt=self.said_of_loss(),
            subject=f"{now.steps} {now.log}",
            code=self.code(),
        )

    def said_of_shares(self) -> str:
        """Return in words what becomes of the true class's probability."""
        return self.words(
            "descent.shares_alt",
            y=self.classes[self.label],
            steps=self.now.steps,
            before=number(self.probabilities[0, self.label]),
            after=number(self.probabilities[-1, self.label]),
        )

    def said_of_loss(self) -> str:
        """Return in words what becomes of the loss, and that the mean of the logits stays."""
        z = self.logits
        return self.words(
            "descent.loss_alt",
            steps=self.now.steps,
            before=number(self.falling[0]),
            after=number(self.falling[-1]),
            mean=number(without_roundings(np.mean(z), of=np.max(np.abs(z))), 3),
            mean_after=number(without_roundings(self.path[-1].mean(), of=np.max(np.abs(self.path))), 3),
        )

    def text(self):
        st.subheader(self.words("descent.title"), anchor=False)
        self.announce(self.words.sentences(self.said_of_shares(), self.said_of_loss()))
        st.markdown(self.words("descent.lead"))

    def found(self):
        now = self.now
        first_right = np.flatnonzero(self.probabilities.argmax(axis=-1) == self.label)
        from_wrong = now.z == tuple(map(float, SURE_AND_WRONG)) and now.y == 3 and now.T == 1
        return {
            "turning_point": bool(from_wrong and now.rate == 0.5 and first_right.size and first_right[0] == now.steps),
            "patience": bool(self.falling[-1] < 0.01 and now.rate <= 1 and self.falling[0] > 1),
        }

    def code(self):
        now = self.now
        return CODE.format(z=self.logits.tolist(), y=self.label, T=now.T, steps=now.steps, rate=now.rate)
