"""The hinge loss beside the softmax loss on the same logits: a lead of 1 is enough for the one, never for the other."""

from functools import partial

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.softmax import gradients_figure
from explorer.figures.surface import floor, surface_figure
from explorer.figures.theme import titled
from explorer.images.cifar10_classes import EXAMPLE
from explorer.maths import losses, surfaces
from explorer.maths.hinge import hinge_loss, hinge_loss_gradient
from explorer.pages.softmax import SURE_AND_WRONG, SoftmaxSection
from explorer.shell.numbers import number

THREE = {"y": 3, "T": 1.0, "n": "3", "a": 3, "b": 5}
LEADS_BY_ONE = (0, 0, 0, 2.0, 0, 1.0, 0.5, 0, 0, 0)

PRESETS = {
    "cat_or_dog": {"z": EXAMPLE} | THREE,
    "leads_by_one": {"z": LEADS_BY_ONE} | THREE,
    "sure_and_right": {"z": (0, 0, 0, 9, 0, 0, 0, 0, 0, 0)} | THREE,
    "sure_and_wrong": {"z": SURE_AND_WRONG} | THREE,
    "all_equal": {"z": (0,) * 10} | THREE | {"n": "10"},
}

# What answers each question.
ANSWERS = {
    "content": PRESETS["leads_by_one"],
    "thin_lead": {"z": (0, 0, 0, 1.5, 0, 1.0, -2.0, 0, 0, 0)} | THREE,
    "pulls_harder": {"z": (0, 0, 0, -2.0, 0, 2.0, 2.0, 0, 0, 0)} | THREE,
}

FOLLOW = {"board": "softmax.board"}
CODE = """import numpy as np

f = np.array({z})  # the logits
y, T = {y}, {T}  # the place of the true class among them, the temperature
true = np.arange(len(f)) == y

powers = np.exp((f - f.max()) / T)
softmax_loss = np.log(powers.sum()) - (f[y] - f.max()) / T
softmax_gradient = (powers / powers.sum() - true) / T
margins = np.where(true, 0, f - f[y] + 1)
hinge_loss = np.maximum(margins, 0).sum()
hinge_gradient = np.where(margins > 0, 1.0, 0.0)  # at a kink the slope is 0
hinge_gradient[y] = -hinge_gradient.sum()
print(softmax_gradient.round(4), hinge_gradient, softmax_loss, hinge_loss)
"""


class Hinge(SoftmaxSection):
    """Both losses over two of the logits, and both gradients."""

    presets = PRESETS
    answers = ANSWERS
    takes_temperature = True

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.lay_ground()
        self.losses = {
            "loss": lambda logits: losses.softmax_loss(logits, self.label, now.T),
            "hinge": lambda logits: hinge_loss(logits, self.label),
        }
        self.softmax, self.hinge = (float(loss(self.logits)) for loss in self.losses.values())
        self.gradient = losses.softmax_loss_gradient(self.logits, self.label, now.T)
        self.hinge_gradient = hinge_loss_gradient(self.logits, self.label)

    def controls(self):
        specs = {
            prefix: {"a": self.a, "b": self.b, "quantity": name, "of": 0, "axis": self.axis}
            | {"low": floor(*self.span(name)), "chord": None}
            for prefix, name in (("", "loss"), ("hinge_", "hinge"))
        }
        self.board(beside="hinge", surfaces=specs)
        self.axes()
        self.announce(self.counted())

    def span(self, name: str) -> tuple[float, float]:
        """Return bounds of a loss over its square: it is convex, so it is largest in a corner."""
        corners = np.tile(self.logits, (4, 1))
        corners[:, self.a] = [-self.reach, -self.reach, self.reach, self.reach]
        corners[:, self.b] = [-self.reach, self.reach, -self.reach, self.reach]
        return 0.0, float(self.losses[name](corners).max())

    def figure(self):
        now, words = self.now, self.words
        if now.a == now.b:
            st.info(words("surface.same"), icon=":material/info:")
            return
        axes = f"f({self.classes[self.a]})", f"f({self.classes[self.b]})"
        with st.container(key="stage-pair-hinge"):
            # On a phone the first of them stays in sight.
            for prefix, name in (("hinge_", "hinge"), ("", "loss")):
                drawn = surfaces.Surface(self.axis, self.axis, f"{prefix}surface")
                contours = now.view == "contours"
                lowest = (self.a == self.label, self.b == self.label)
                title, titles = words(f"hinge.{name}"), (*axes, "L")
                live_figure(
                    partial(_surface, title, drawn, titles, prefix, {}, contours, self.span(name), lowest),
                    key=f"softmax.hinge_{name}",
                    words=words,
                    alt=self.says(),
                    subject=f"{now.view} {now.a} {now.b} {now.n} {now.y} {self.reach}",
                    follow=FOLLOW,
                    code=self.code(),
                    group="softmax.hinge",
                )
        with st.container(key="stage-minor-hinge"):
            live_figure(
                partial(gradients_figure, self.classes, (words("hinge.loss"), words("hinge.hinge")), "∂L/∂f(k)"),
                key="softmax.gradients",
                words=words,
                alt=self.gradients_say(),
                subject=str(self.labels),
                follow=FOLLOW,
                code=self.code(),
            )

    def says(self) -> str:
        """Return in words what both losses are."""
        both = self.words("hinge.says", softmax=number(self.softmax), hinge=number(self.hinge))
        return self.words.sentences(both, self.counted())

    def counted(self) -> str:
        """Return in words which classes the hinge loss still counts."""
        names = [name for name, slope in zip(self.classes, self.hinge_gradient, strict=True) if slope > 0]
        return self.words("hinge.counted", names=self.words.names(names)) if names else self.words("hinge.content")

    def gradients_say(self) -> str:
        """Return in words how hard both losses pull on the true class."""
        return self.words(
            "hinge.gradients_say",
            y=self.classes[self.label],
            softmax=number(float(self.gradient[self.label])),
            hinge=number(float(self.hinge_gradient[self.label]), 0),
        )

    def text(self):
        st.caption(self.words.sentences(self.says(), self.gradients_say()))
        st.markdown(self.words("hinge.lead"))

    def found(self):
        is_right = bool((np.delete(self.logits, self.label) < self.logits[self.label]).all())
        return {
            "content": self.hinge == 0 and self.softmax > 0.3,
            "thin_lead": is_right and self.hinge > 5e-5,
            "pulls_harder": bool(self.hinge_gradient[self.label] <= -2 and self.now.T == 1),
        }

    def code(self):
        return CODE.format(z=self.logits.tolist(), y=self.label, T=self.now.T)


def _surface(title: str, *drawn):
    return titled(surface_figure(*drawn), title)
