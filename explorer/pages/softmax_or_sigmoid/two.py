"""With two classes softmax is the sigmoid of the difference: both surfaces, and nothing between them."""

import numpy as np
import streamlit as st

from explorer.components.live_figure import live_figure
from explorer.figures.surface import surface_figure
from explorer.maths import losses, surfaces
from explorer.pages.softmax_or_sigmoid import Scene, choice, lead, slider
from explorer.shell.numbers import number
from explorer.stage.page import Page

PRESETS = {
    "even": {"z1": 0.0, "z2": 0.0},
    "same_difference": {"z1": 5.0, "z2": 3.0},
    "sure": {"z1": 6.0, "z2": -6.0},
}

CODE = """import numpy as np

f1, f2 = {z1}, {z2}
print("softmax", np.exp(f1) / (np.exp(f1) + np.exp(f2)))
print("sigmoid", 1 / (1 + np.exp(-(f1 - f2))))
"""


def show(page: Page, _scene: Scene) -> None:
    """Show both surfaces and their difference on one scale, and both numbers at a point."""
    now, words = page.now, page.words
    lead(page, "two")
    for column, name in zip(st.columns(2), ("z1", "z2"), strict=True):
        with column:
            slider(page, name, step=0.1)
    choice(page, "view")
    drawn = surfaces.two_class_softmax_and_sigmoid()
    softmax, sigmoid = float(losses.softmax([now.z1, now.z2])[0]), float(losses.sigmoid(now.z1 - now.z2))
    values = {"softmax": softmax, "sigmoid": sigmoid, "difference": softmax - sigmoid}
    code = CODE.format(z1=now.z1, z2=now.z2)
    largest = np.abs(drawn.difference.z).max()
    at = {"z1": number(now.z1, 1), "z2": number(now.z2, 1), "largest": number(largest) if largest else "0"}
    for column, (name, value) in zip(st.columns(3), values.items(), strict=True):
        with column:
            st.markdown(words(f"two.{name}"))
            figure = surface_figure(
                getattr(drawn, name),
                ("f₁", "f₂", "P"),
                (now.z1, now.z2, value),
                contours=now.view == "contours",
                z_range=(0, 1),
            )
            figure.update_traces(selector={"type": "contour"}, showscale=False)
            live_figure(
                figure,
                key=f"softmax_or_sigmoid.two.{name}",
                words=words,
                alt=words(f"two.alt_{name}", value=number(value), **at),
                subject=f"{name} {now.view}",
                height=320,
                code=code,
            )
    difference = number(now.z1 - now.z2, 1)
    st.caption(words("two.alt", difference=difference, softmax=number(softmax), sigmoid=number(sigmoid), **at))
    page.questions({"negative": now.z1 < 0 and now.z2 < 0 and sigmoid > 0.88})
    page.code(code)
