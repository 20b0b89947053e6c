"""Where the logits come from: an image times the ten templates that softmax regression learned (E4)."""

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.image_board import image_board
from explorer.images import templates
from explorer.images.shapes import SHAPES
from explorer.maths import losses
from explorer.shell.numbers import number
from explorer.stage.section import Section

BARE = {"right": 0, "down": 0, "light": 0.0, "invert": False, "paint": ""}
PRESETS = {
    "a_disc": {"pic": 0} | BARE,
    "a_frame": {"pic": 4} | BARE,
    "shifted": {"pic": 5} | BARE | {"right": -7, "down": 6},
    "negative": {"pic": 1} | BARE | {"invert": True},
    "in_the_dark": {"pic": 7} | BARE | {"light": -0.5},
}

# What answers each question.
ANSWERS = {
    "small_shift": {"pic": 9} | BARE | {"right": 2, "down": 1},
    "all_bias": {"pic": 0} | BARE | {"paint": "1024k"},
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


class Templates(Section):
    """An image times ten templates, and the way with its logits to the board."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.shapes = [self.words(f"shapes.{name}") for name in SHAPES]
        _, self.bias, images = templates.load()
        changed = templates.altered(images[now.pic], now.right, now.down, now.light, now.invert, now.paint)
        self.logits = templates.logits(changed)
        self.predicted = int(self.logits.argmax())

    def controls(self):
        image_board(self.page.settings, self.words, self.shapes)
        with st.container(key="said-picture"):
            st.caption(self.said())
        if self.page.shows("board"):
            st.button(
                self.words("picture.to_board"),
                icon=":material/tune:",
                on_click=self.page.settings.set,
                kwargs={
                    "part": "board",
                    "z": tuple(self.logits),
                    "y": self.now.pic,
                    "T": 1.0,
                    "n": "10",
                    "names": "shapes",
                },
            )

    def said(self) -> str:
        """Return what the board shows in words, for those who cannot see it."""
        logits = zip(self.shapes, self.logits, strict=True)
        return self.words(
            "picture.said",
            y=self.shapes[self.now.pic],
            logits=self.words.names(f"{name} {number(logit, 2)}" for name, logit in logits),
            predicted=self.shapes[self.predicted],
            loss=number(losses.softmax_loss(self.logits, self.now.pic)),
        )

    def figure(self):
        board_figure("softmax.picture")
        board_figure("softmax.picture", "sum")

    def text(self):
        st.subheader(self.words("picture.title"), anchor=False)
        st.markdown(self.words("picture.lead"))

    def found(self):
        now = self.now
        moved_only = now.paint == "" and now.light == 0 and not now.invert
        return {
            "small_shift": self.predicted != now.pic and moved_only and abs(now.right) + abs(now.down) <= 3,
            "all_bias": bool(np.allclose(self.logits, self.bias)),
        }

    def code(self):
        return CODE.format(
            sums=(self.logits - self.bias).round(6).tolist(), bias=self.bias.round(6).tolist(), pic=self.now.pic
        )
