"""All q over three classes against one p: level sets, the surface, and descent on the logits of q (E8 to E10)."""

import numpy as np
import streamlit as st

from explorer.components.distribution_board import distribution_board
from explorer.components.live_figure import captioned_figure
from explorer.figures.cross_entropy import CROSS_ENTROPY, DIVERGENCE, simplex_levels, simplex_relief
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import divergence, losses
from explorer.maths.comparison import rises, without_roundings
from explorer.maths.descent import descend
from explorer.pages.cross_entropy import CAT, DOG, FROG, class_names, shows
from explorer.shell.numbers import number
from explorer.stage.page import Page

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


def show(page: Page) -> None:
    """Show the board of three classes, the simplex with the descent in it, and the questions."""
    now, words = page.now, page.words
    p = np.array(now.p3)
    path = losses.softmax(descend(lambda z: losses.softmax(z) - p, now.z3, now.eta, now.steps))
    entropy = losses.entropy(p)
    along = without_roundings(losses.kl_divergence(p, path), of=entropy)
    floor = float(entropy) if now.quantity == "cross_entropy" else 0.0
    names = class_names(page, CLASSES)
    code = CODE.format(p=list(now.p3), z=list(now.z3), steps=now.steps, eta=now.eta)
    if shows(page, "board"):
        distribution_board(
            BOARD,
            page.settings,
            words,
            names,
            [CLASS_COLOURS[label] for label in CLASSES],
            {"p": "p3", "z": "z3"},
            fixed={"target": "hand", "guess": "logits", "unit": "nats"},
        )
    if shows(page, "figure"):
        _controls(page)
        says = words(
            "simplex.says",
            quantity=words(f"quantity.{now.quantity}"),
            p=", ".join(number(share, 2) for share in p),
            start=number(along[0] + floor),
            end=number(along[-1] + floor),
            q=", ".join(number(share) for share in path[-1]),
            steps=now.steps,
            floor=number(floor),
        )
        follow = None
        if now.view3 == "levels":
            labels = [number(level + floor, 2) for level in LEVELS]
            outlines = dict(zip(labels, divergence.level_sets(p, LEVELS), strict=True))
            figure = simplex_levels(p, outlines, path, names)
            follow = {"board": BOARD, "points": [{"x": "x", "y": "y", "colour": "var(--accent)"}]}
        else:
            title = CROSS_ENTROPY if now.quantity == "cross_entropy" else DIVERGENCE
            rings = divergence.level_sets(p, RINGS, rays=90)
            heights = losses.kl_divergence(p, rings) + floor
            figure = simplex_relief(rings, heights, path, along + floor, names, title)
        captioned_figure(
            figure,
            key="cross_entropy.simplex",
            words=words,
            alt=says,
            subject=now.view3,
            height=480,
            follow=follow,
            code=code,
        )
    page.questions(
        {
            "fewest": along[-1] < 0.01 <= along[-2] and now.steps < 30,
            "overshoot": bool(rises(along).any()),
            "never_there": entropy == 0 and now.steps == page.settings.specs["steps"].high,
        }
    )
    page.code(code)


def _controls(page: Page) -> None:
    """Show what is drawn, how, and how q descends."""
    columns = st.columns([1.5, 1.2, 1, 1])
    for column, name, texts in ((columns[0], "quantity", "symbol"), (columns[1], "view3", "view")):
        column.segmented_control(
            page.words(f"simplex.{name}"),
            page.settings.specs[name].options,
            format_func=lambda option, texts=texts: page.words(f"{texts}.{option}"),
            required=True,
            **page.settings.widget(name),
        )
    columns[2].slider(page.words("simplex.eta"), 0.1, 20.0, step=0.1, **page.settings.widget("eta"))
    columns[3].slider(page.words("simplex.steps"), 1, 200, **page.settings.widget("steps"))
