"""With two classes softmax is the sigmoid of the difference: both surfaces, and nothing between them."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.surface import surface_figure
from explorer.figures.theme import square, titled
from explorer.maths import losses, surfaces
from explorer.pages.softmax_or_sigmoid import slider
from explorer.shell.numbers import number
from explorer.stage.section import Section

PRESETS = {
    "even": {"z1": 0.0, "z2": 0.0},
    "same_difference": {"z1": 5.0, "z2": 3.0},
    "sure": {"z1": 6.0, "z2": -6.0},
}

# What answers each question.
ANSWERS = {"negative": {"z1": -1.0, "z2": -3.0}}

CODE = """import numpy as np

f1, f2 = {z1}, {z2}
print("softmax", np.exp(f1) / (np.exp(f1) + np.exp(f2)))
print("sigmoid", 1 / (1 + np.exp(-(f1 - f2))))
"""


class TwoClasses(Section):
    """Both surfaces and their difference on one scale, and both numbers at a point."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        now = self.now
        self.drawn = surfaces.two_class_softmax_and_sigmoid()
        self.softmax = float(losses.softmax([now.z1, now.z2])[0])
        self.sigmoid = float(losses.sigmoid(now.z1 - now.z2))
        largest = np.abs(self.drawn.difference.z).max()
        self.at = {"z1": number(now.z1, 1), "z2": number(now.z2, 1), "largest": number(largest) if largest else "0"}

    def controls(self):
        slider(self, "z1", step=0.1)
        slider(self, "z2", step=0.1)
        self.choice("view", self.words("view.label"))
        st.markdown(
            self.words(
                "two.alt",
                difference=number(self.now.z1 - self.now.z2, 1),
                softmax=number(self.softmax),
                sigmoid=number(self.sigmoid),
                **self.at,
            )
        )
        self.surface("difference", self.softmax - self.sigmoid)

    def figure(self):
        with st.container(key="stage-pair-two"):
            self.surface("softmax", self.softmax)
            self.surface("sigmoid", self.sigmoid)

    def surface(self, name: str, value: float) -> None:
        """Draw a function of both logits, with the point where the sliders are."""
        contours = self.now.view == "contours"
        drawn = surface_figure(
            getattr(self.drawn, name),
            ("f₁", "f₂", "P"),
            (self.now.z1, self.now.z2, value),
            contours=contours,
            z_range=(0, 1),
        )
        if contours:
            square(drawn, -6, 6).update_traces(selector={"type": "contour"}, showscale=False)
        titled(drawn, self.words(f"two.{name}"))
        live_figure(
            drawn,
            key=f"softmax_or_sigmoid.two.{name}",
            words=self.words,
            alt=self.words(f"two.alt_{name}", value=number(value), **self.at),
            subject=f"{name} {self.now.view}",
            code=self.code(),
            group="softmax_or_sigmoid.two",
        )

    def text(self):
        st.markdown(self.words("two.lead"))

    def found(self):
        return {"negative": self.now.z1 < 0 and self.now.z2 < 0 and self.sigmoid > 0.88}

    def code(self):
        return CODE.format(z1=self.now.z1, z2=self.now.z2)
