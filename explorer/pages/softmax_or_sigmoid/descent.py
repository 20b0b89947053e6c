"""Gradient descent on the logits under both losses: where each comes to rest."""

import math

import numpy as np
import streamlit as st

from explorer.components.descent_board import descent_board
from explorer.components.live_figure import live_figure
from explorer.figures.softmax_or_sigmoid import losses_figure, probabilities_figure
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import losses, multi_label
from explorer.maths.comparison import exceeds
from explorer.maths.descent import descend
from explorer.pages.shared import linked_image
from explorer.pages.softmax_or_sigmoid import ExampleSection, sample, slider
from explorer.shell.numbers import number

STEPS = 200

PRESETS = {
    "one_label": {"example": "style", **sample((0.0,), 0), "rate": 1.0, "step": 100},
    "two_labels": {"example": "style", **sample((0.0,), 0, 1, several=True), "rate": 1.0, "step": 100},
    "wrong_start": {
        "example": "style",
        **sample((-5.0, -4.0, 5.0, 4.0), 0, 1, several=True),
        "rate": 1.0,
        "step": 8,
    },
    "no_label": {"example": "style", **sample((0.0,), several=True), "rate": 1.0, "step": 100},
}

# What answers each question.
ANSWERS = {
    "ln3": {"example": "style", **sample((0.0,), 0, 1, 3, several=True), "rate": 1.0, "step": 200},
    "below": {"example": "style", **sample((0.0,), 0, 1, several=True), "rate": 1.0, "step": 6},
}

CODE = """import numpy as np

y = np.array({y})  # the labels
f = np.array({z})  # the logits of the softmax, and
g = f.copy()  # those of the sigmoids, from the same start

for _ in range({step}):
    if y.any():
        q = np.exp(f - f.max())
        f = f - {rate} * (q / q.sum() - y / y.sum())
    g = g - {rate} * (np.exp(-np.logaddexp(0, -g)) - y)

if y.any():
    log_q = f - f.max() - np.log(np.exp(f - f.max()).sum())
    print("softmax", -(y / y.sum() * log_q).sum(), "never below", np.log(y.sum()))
print("sigmoids", np.logaddexp(0, np.where(y == 1, -g, g)).sum())
"""


class Descent(ExampleSection):
    """Both descents at one step, their losses, and the probabilities on the way."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        self.true = int(self.labels.sum())
        self.floor = math.log(self.true) if self.true else 0.0
        rate = self.now.rate
        self.paths = {
            "softmax": softmax_path(self.logits, self.labels, rate) if self.true else None,
            "sigmoid": sigmoid_path(self.logits, self.labels, rate),
        }
        self.losses = {name: path and path["loss"] for name, path in self.paths.items()}

    def controls(self):
        linked_image.show(self.page)
        self.board = descent_board(self.page.settings, self.words, self.classes, **self.paths)
        slider(self, "rate", step=0.1)
        self.announce(self.said(), seen=False)

    def said(self) -> str:
        """Return in words what both losses are at this step."""
        loss, step = self.losses, self.now.step
        return self.words(
            "descent.alt" if self.true else "descent.alt_no_label",
            step=step,
            count=self.true,
            softmax=number(loss["softmax"][step]) if self.true else "—",
            sigmoid=number(loss["sigmoid"][step]),
            floor=number(self.floor),
        )

    def figure(self):
        # One above the other, over the same steps: the losses, and the probabilities of either model.
        words = self.words
        live_figure(
            losses_figure(
                {words(f"descent_board.{name}"): values for name, values in self.losses.items()},
                self.floor,
                words("descent.loss"),
                f"ln {self.true} = {number(self.floor)}",
            ),
            key="softmax_or_sigmoid.losses",
            words=words,
            alt=self.said(),
            follow=self.follow({"softmax": "var(--accent)", "sigmoid": "var(--text)"}),
            code=self.code(),
        )
        for name, letter in (("softmax", "p"), ("sigmoid", "s")):
            if self.paths[name]:
                self.probabilities(name, letter)
            else:
                st.info(words("descent.no_softmax"), icon=":material/info:")

    def probabilities(self, name: str, letter: str) -> None:
        """Draw the probabilities of a model over the steps; the board publishes them as `letter`0, `letter`1 …"""
        words, path = self.words, self.paths[name]["probabilities"]
        at_step = zip(self.classes, path[self.now.step], strict=True)
        live_figure(
            probabilities_figure(
                path,
                self.labels == 1,
                self.classes,
                words(f"descent_board.{name}"),
                words("descent.step") if name == "sigmoid" else "",  # below the last of them
            ),
            key=f"softmax_or_sigmoid.probabilities.{letter}",
            words=words,
            alt=words(
                "descent.probabilities",
                name=words(f"descent_board.{name}"),
                step=self.now.step,
                probabilities=words.names(f"{label} {number(value, 3)}" for label, value in at_step),
            ),
            follow=self.follow({f"{letter}{k}": CLASS_COLOURS[k] for k in range(len(self.labels))}),
            code=self.code(),
        )

    def follow(self, colours: dict[str, str]) -> dict:
        """Return what `live_figure` needs to move a point for each published value, at the board's step."""
        return {"board": self.board, "points": [{"x": "step", "y": name, "colour": c} for name, c in colours.items()]}

    def text(self):
        st.markdown(self.words("descent.lead"))
        st.caption(self.said())

    def found(self):
        step = self.now.step
        below = exceeds(self.floor, self.losses["sigmoid"])
        return {
            "ln3": self.true == 3 and self.losses["softmax"][step] < math.log(3) + 0.01,
            "below": bool(below.any()) and step == below.argmax() > 0,
        }

    def code(self):
        now = self.now
        y = self.labels.astype(int).tolist()
        return CODE.format(z=self.logits.tolist(), y=y, step=now.step, rate=now.rate)


def softmax_path(logits, labels, rate: float) -> dict[str, np.ndarray]:
    """Return the probabilities and the losses of the descent; at least one label is true."""
    path = descend(lambda z: multi_label.softmax_loss_gradient(z, labels), logits, rate, STEPS)
    return {"probabilities": losses.softmax(path), "loss": multi_label.softmax_loss(path, labels)}


def sigmoid_path(logits, labels, rate: float) -> dict[str, np.ndarray]:
    """Return the probabilities and the losses of the descent."""
    path = descend(lambda z: multi_label.sigmoid_loss_gradient(z, labels), logits, rate, STEPS)
    return {"probabilities": losses.sigmoid(path), "loss": multi_label.sigmoid_loss(path, labels)}
