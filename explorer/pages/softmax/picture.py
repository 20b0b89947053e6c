"""Where the logits come from: a picture times the ten templates that softmax regression learned (E4)."""

import numpy as np
import streamlit as st

from explorer.components.picture_board import picture_board
from explorer.images import templates
from explorer.images.shapes import SHAPES
from explorer.maths import losses
from explorer.pages.softmax import heading
from explorer.shell.numbers import number
from explorer.shell.page import Page

BARE = {"right": 0, "down": 0, "light": 0.0, "invert": False, "paint": ""}
PRESETS = {
    "a_disc": {"pic": 0} | BARE,
    "a_frame": {"pic": 4} | BARE,
    "shifted": {"pic": 5} | BARE | {"right": -7, "down": 6},
    "negative": {"pic": 1} | BARE | {"invert": True},
    "in_the_dark": {"pic": 7} | BARE | {"light": -0.5},
}

CODE = """import numpy as np

# x·W: ten sums of 3,072 products, pixels times weights; b: the biases
xW = np.array({sums})
b = np.array({bias})
y = {pic}  # the true class

f = xW + b  # the logits
p = np.exp(f - f.max())
p = p / p.sum()
print(f.round(4), p.round(4), -np.log(p[y]))
"""


def show(page: Page, classes: list[str]) -> None:
    """Show the picture with the templates, and offer its logits to the board."""
    now, words = page.now, page.words
    shapes = [words(f"shapes.{name}") for name in SHAPES]
    heading(page, "picture")
    picture_board(page.settings, words, shapes)
    _, bias, pictures = templates.load()
    changed = templates.altered(pictures[now.pic], now.right, now.down, now.light, now.invert, now.paint)
    logits = templates.logits(changed)
    loss = losses.softmax_loss(logits, now.pic)
    predicted = int(logits.argmax())
    with st.container(key="said-picture"):
        st.caption(
            words(
                "picture.said",
                y=shapes[now.pic],
                logits=words.names(f"{name} {number(logit, 2)}" for name, logit in zip(shapes, logits, strict=True)),
                predicted=shapes[predicted],
                loss=number(loss),
            )
        )
    if page.shows("board"):
        st.button(
            words("picture.to_board"),
            icon=":material/tune:",
            on_click=page.settings.set,
            kwargs={"part": "board", "z": tuple(logits), "y": now.pic, "T": 1.0, "names": "shapes"},
        )
    page.questions(
        {
            "small_shift": predicted != now.pic
            and now.paint == ""
            and now.light == 0
            and not now.invert
            and abs(now.right) + abs(now.down) <= 3,
            "all_bias": bool(np.allclose(logits, bias)),
        }
    )
    page.code(CODE.format(sums=(logits - bias).round(6).tolist(), bias=bias.round(6).tolist(), pic=now.pic))
