"""All q over three classes against one p: level sets, the surface, and descent on the logits of q (E8 to E10)."""

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.distribution_board import distribution_board
from explorer.components.live_figure import live_figure
from explorer.figures.cross_entropy import CROSS_ENTROPY, DIVERGENCE, simplex_levels, simplex_relief
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.cifar10_classes import CAT, DOG, FROG
from explorer.maths import divergence, losses
from explorer.maths.comparison import rises, without_roundings
from explorer.maths.descent import descend
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number

BOARD = "cross_entropy.three_classes"
CLASSES = [CAT, DOG, FROG]
LEVELS = (0.05, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 4)
RINGS = np.linspace(0.02, 1.75, 40) ** 2

PRESETS = {
    "inside": {"p3": (0.6, 0.3, 0.1), "z3": (-3, 0, 2), "eta": 1, "steps": 30},
    "corner": {"p3": (1, 0, 0), "z3": (-3, 0, 2), "eta": 1, "steps": 30},
    "edge": {"p3": (0.5, 0.5, 0), "z3": (-2, 1, 2), "eta": 1, "steps": 30},
    "hasty": {"p3": (0.6, 0.3, 0.1), "z3": (-3, 0, 2), "eta": 12, "steps": 30},
}

# What answers each question.
ANSWERS = {
    "fewest": PRESETS["inside"] | {"steps": 10},
    "overshoot": PRESETS["hasty"],
    "never_there": PRESETS["corner"] | {"steps": 200},
}

CODE = """import numpy as np

p = np.array({p})
f = np.array({z})  # the logits at the start


def softmax(f):
    return np.exp(f - f.max()) / np.exp(f - f.max()).sum()


for step in range({steps}):
    f = f - {eta} * (softmax(f) - p)  # the gradient of H(p,q), and of the divergence
q = softmax(f)
print(np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0).sum(), *q)
"""


class Simplex(NamedSection):
    """The board of three classes, and the simplex with the descent in it."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.p = np.array(now.p3)
        self.path = losses.softmax(descend(lambda z: losses.softmax(z) - self.p, now.z3, now.eta, now.steps))
        self.entropy = losses.entropy(self.p)
        self.along = without_roundings(losses.kl_divergence(self.p, self.path), of=self.entropy)
        self.floor = float(self.entropy) if now.quantity == "cross_entropy" else 0.0
        self.classes = self.class_names(CLASSES)

    def controls(self):
        words, settings = self.words, self.page.settings
        distribution_board(
            BOARD,
            settings,
            words,
            self.classes,
            [CLASS_COLOURS[label] for label in CLASSES],
            {"p": "p3", "z": "z3"},
            fixed={"target": "hand", "guess": "logits", "unit": "nats"},
        )
        with st.container(horizontal=True, gap="medium"):
            eta, steps = settings.specs["eta"], settings.specs["steps"]
            st.slider(words("simplex.eta"), float(eta.low), float(eta.high), step=0.1, **settings.widget("eta"))
            st.slider(words("simplex.steps"), steps.low, steps.high, **settings.widget("steps"))
        with st.container(horizontal=True, gap="medium"):
            for name, texts in (("quantity", "symbol"), ("view3", "view")):
                st.segmented_control(
                    words(f"simplex.{name}"),
                    settings.specs[name].options,
                    format_func=lambda option, texts=texts: words(f"{texts}.{option}"),
                    required=True,
                    width="content",
                    **settings.widget(name),
                )
        board_figure(BOARD)
        board_figure(BOARD, "terms")

    def figure(self):
        now, follow = self.now, None
        if now.view3 == "levels":
            labels = [number(level + self.floor, 2) for level in LEVELS]
            outlines = dict(zip(labels, divergence.level_sets(self.p, LEVELS), strict=True))
            figure = simplex_levels(self.p, outlines, self.path, self.classes)
            follow = {"board": BOARD, "points": [{"x": "x", "y": "y", "colour": "var(--accent)"}]}
        else:
            title = CROSS_ENTROPY if now.quantity == "cross_entropy" else DIVERGENCE
            rings = divergence.level_sets(self.p, RINGS, rays=90)
            heights = losses.kl_divergence(self.p, rings) + self.floor
            figure = simplex_relief(rings, heights, self.path, self.along + self.floor, self.classes, title)
        live_figure(
            figure,
            key="cross_entropy.simplex",
            words=self.words,
            alt=self.says(),
            subject=now.view3,
            follow=follow,
            code=self.code(),
        )

    def says(self) -> str:
        """Return in words where the descent begins and ends."""
        now, floor = self.now, self.floor
        return self.words(
            "simplex.says",
            quantity=self.words(f"quantity.{now.quantity}"),
            p=", ".join(number(share, 2) for share in self.p),
            start=number(self.along[0] + floor),
            end=number(self.along[-1] + floor),
            q=", ".join(number(share) for share in self.path[-1]),
            steps=now.steps,
            floor=number(floor),
        )

    def text(self):
        st.markdown(self.words("simplex.lead"))
        self.announce(self.says())

    def found(self):
        along, steps = self.along, self.now.steps
        return {
            "fewest": along[-1] < 0.01 <= along[-2] and steps < 30,
            "overshoot": bool(rises(along).any()),
            "never_there": self.entropy == 0 and steps == self.page.settings.specs["steps"].high,
        }

    def code(self):
        now = self.now
        return CODE.format(p=list(now.p3), z=list(now.z3), steps=now.steps, eta=now.eta)
