"""Gradient descent on the logits under both losses: where each comes to rest."""

import math

import numpy as np
import streamlit as st

from explorer.components.descent_board import descent_board
from explorer.components.live_figure import captioned_figure, live_figure
from explorer.figures.softmax_or_sigmoid import losses_figure, probabilities_figure
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import losses, multi_label
from explorer.maths.comparison import exceeds
from explorer.maths.descent import descend
from explorer.pages.softmax_or_sigmoid import Scene, lead, picture, slider
from explorer.shell.numbers import number
from explorer.stage.page import Page

STEPS = 200

PRESETS = {
    "one_label": {"example": "style", **picture((0.0,), 0), "rate": 1.0, "step": 100},
    "two_labels": {"example": "style", **picture((0.0,), 0, 1, several=True), "rate": 1.0, "step": 100},
    "wrong_start": {
        "example": "style",
        **picture((-5.0, -4.0, 5.0, 4.0), 0, 1, several=True),
        "rate": 1.0,
        "step": 8,
    },
    "no_label": {"example": "style", **picture((0.0,), several=True), "rate": 1.0, "step": 100},
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


def show(page: Page, scene: Scene) -> None:
    """Show both descents at one step, their losses, and the probabilities on the way."""
    now, words, labels = page.now, page.words, scene.labels
    lead(page, "descent")
    slider(page, "rate", step=0.1)
    paths = {"softmax": softmax_path(scene, now.rate), "sigmoid": sigmoid_path(scene, now.rate)}
    board = descent_board(page.settings, words, scene.classes, **paths)
    code = CODE.format(z=scene.logits.tolist(), y=labels.astype(int).tolist(), step=now.step, rate=now.rate)
    true = int(labels.sum())
    floor = math.log(true) if true else 0.0
    loss = {name: path and path["loss"] for name, path in paths.items()}
    alt = words(
        "descent.alt" if true else "descent.alt_no_label",
        step=now.step,
        count=true,
        softmax=number(loss["softmax"][now.step]) if true else "—",
        sigmoid=number(loss["sigmoid"][now.step]),
        floor=number(floor),
    )
    captioned_figure(
        losses_figure(
            {words(f"descent_board.{name}"): values for name, values in loss.items()},
            floor,
            (words("descent.step"), words("descent.loss")),
            f"ln {true} = {number(floor)}",
        ),
        key="softmax_or_sigmoid.losses",
        words=words,
        alt=alt,
        height=320,
        follow=follow(board, {"softmax": "var(--accent)", "sigmoid": "var(--text)"}),
        code=code,
    )
    for column, (name, path), letter in zip(st.columns(2), paths.items(), "ps", strict=True):
        with column:
            st.markdown(f"**{words(f'descent_board.{name}')}**")
            if path is None:
                st.info(words("descent.no_softmax"), icon=":material/info:")
                continue
            at_step = zip(scene.classes, path["probabilities"][now.step], strict=True)
            live_figure(
                probabilities_figure(path["probabilities"], labels == 1, scene.classes, words("descent.step")),
                key=f"softmax_or_sigmoid.probabilities.{letter}",
                words=words,
                alt=words(
                    "descent.probabilities",
                    name=words(f"descent_board.{name}"),
                    step=now.step,
                    probabilities=words.names(f"{label} {number(value, 3)}" for label, value in at_step),
                ),
                height=280,
                follow=follow(board, {f"{letter}{k}": CLASS_COLOURS[k] for k in range(len(labels))}),
                code=code,
            )
    below = exceeds(floor, loss["sigmoid"])
    page.questions(
        {
            "ln3": true == 3 and loss["softmax"][now.step] < math.log(3) + 0.01,
            "below": bool(below.any()) and now.step == below.argmax() > 0,
        }
    )
    page.code(code)


def softmax_path(scene: Scene, rate: float) -> dict[str, np.ndarray] | None:
    """Return the probabilities and the losses of the descent, or None without a true label."""
    if not scene.labels.any():
        return None
    path = descend(lambda z: multi_label.softmax_loss_gradient(z, scene.labels), scene.logits, rate, STEPS)
    return {"probabilities": losses.softmax(path), "loss": multi_label.softmax_loss(path, scene.labels)}


def sigmoid_path(scene: Scene, rate: float) -> dict[str, np.ndarray]:
    """Return the probabilities and the losses of the descent."""
    path = descend(lambda z: multi_label.sigmoid_loss_gradient(z, scene.labels), scene.logits, rate, STEPS)
    return {"probabilities": losses.sigmoid(path), "loss": multi_label.sigmoid_loss(path, scene.labels)}


def follow(board: str, colours: dict[str, str]) -> dict:
    """Return what `live_figure` needs to move a point for each published value, at the board's step."""
    return {"board": board, "points": [{"x": "step", "y": name, "colour": c} for name, c in colours.items()]}
