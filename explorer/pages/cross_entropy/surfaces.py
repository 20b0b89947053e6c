"""H(p,q) and D_KL(p‖q) of two classes over the square of all p and q (E8, E9)."""

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.distribution_board import distribution_board
from explorer.components.live_figure import live_figure
from explorer.figures.cross_entropy import CROSS_ENTROPY, DIVERGENCE
from explorer.figures.surface import surface_figure
from explorer.figures.theme import CLASS_COLOURS, square, titled
from explorer.images.cifar10_classes import CAT, DOG
from explorer.maths import losses, surfaces
from explorer.pages.shared.named_section import NamedSection
from explorer.shell.numbers import number

BOARD = "cross_entropy.two_classes"
# From beside the valley, where the arch of H(p) along it is seen.
SIDE = {"eye": {"x": -0.58, "y": -1.45, "z": 0.95}, "center": {"x": 0, "y": 0, "z": -0.28}}

PRESETS = {
    "disagree": {"p2": (0.5, 0.5), "q2": (0.9, 0.1)},
    "valley": {"p2": (0.3, 0.7), "q2": (0.3, 0.7)},
    "cliff": {"p2": (0.9, 0.1), "q2": (0.01, 0.99)},
    "wall": {"p2": (0.6, 0.4), "q2": (0, 1)},
}

# What answers each question.
ANSWERS = {
    "ridge": {"p2": (0.5, 0.5), "q2": (0.5, 0.5)},
    "same_height": {"p2": (1, 0), "q2": (0.3, 0.7)},
    "flat": {"p2": (0.2, 0.8), "q2": (0.5, 0.5)},
}

CODE = """import numpy as np

p, q = np.array({p}), np.array({q})
with np.errstate(divide="ignore", invalid="ignore"):
    cross_entropy = -np.where(p > 0, p * np.log(q), 0).sum()
    divergence = np.where(p > 0, p * (np.log(p) - np.log(q)), 0).sum()
print(cross_entropy, divergence, cross_entropy - divergence)  # the last one is H(p)
"""


class BothSurfaces(NamedSection):
    """The board of two classes, and both surfaces with the valley q = p."""

    presets = PRESETS
    answers = ANSWERS

    def __init__(self, page):
        super().__init__(page)
        self.p, self.q = np.array(self.now.p2), np.array(self.now.q2)
        self.values = {
            "cross_entropy": losses.cross_entropy(self.p, self.q),
            "kl_divergence": losses.kl_divergence(self.p, self.q),
        }

    def controls(self):
        distribution_board(
            BOARD,
            self.page.settings,
            self.words,
            self.class_names([CAT, DOG]),
            [CLASS_COLOURS[CAT], CLASS_COLOURS[DOG]],
            {"p": "p2", "q": "q2"},
            fixed={"target": "hand", "guess": "hand", "unit": "nats"},
        )
        self.choice("view", self.words("surfaces.view"))
        board_figure(BOARD)
        board_figure(BOARD, "terms")
        if np.isinf(self.values["kl_divergence"]):
            st.info(self.words("surfaces.wall"), icon=":material/all_inclusive:")

    def figure(self):
        both = surfaces.two_class_surfaces()
        axis = both.cross_entropy.x
        with st.container(key="stage-pair-surfaces"):
            self.surface("cross_entropy", both.cross_entropy, (axis, axis, both.valley), CROSS_ENTROPY)
            self.surface("kl_divergence", both.kl_divergence, (axis, axis, np.zeros_like(axis)), DIVERGENCE)

    def surface(self, quantity: str, surface, valley: tuple, symbol: str) -> None:
        """Draw a quantity over all p and q, and the line q = p on it."""
        cat, contours, value = self.class_names([CAT])[0], self.now.view == "contours", self.values[quantity]
        figure = surface_figure(
            surface,
            (f"p({cat})", f"q({cat})", symbol),
            # Seen from above the board's own point moves, and nothing is left to draw.
            None if contours or np.isinf(value) else (self.p[0], self.q[0], value),
            {"q = p": valley},
            contours,
            z_range=(0, 3),
        )
        if contours:
            square(figure, 0, 1).update_traces(selector={"type": "contour"}, colorbar_title_text="")
        else:
            figure.update_layout(scene_camera=SIDE)
        follow = {"board": BOARD, "points": [{"x": "p0", "y": "q0", "colour": "var(--text)"}]}
        live_figure(
            titled(figure, self.words(f"quantity.{quantity}")),
            key=f"cross_entropy.{quantity}",
            words=self.words,
            alt=self.says(quantity),
            subject=self.now.view,
            follow=follow if contours else None,
            code=self.code(),
            group="cross_entropy.surfaces",
        )

    def says(self, quantity: str) -> str:
        """Return in words what a surface shows."""
        p, q, value = self.p[0], self.q[0], self.values[quantity]
        return self.words(f"surfaces.says_{quantity}", p=number(p), q=number(q), value=number(value))

    def text(self):
        st.markdown(self.words("surfaces.lead"))
        self.announce(*map(self.says, self.values))

    def found(self):
        entropy = losses.entropy(self.p)
        cross_entropy, divergence = self.values["cross_entropy"], self.values["kl_divergence"]
        return {
            "ridge": abs(divergence) < 5e-4 and abs(entropy - np.log(2)) < 5e-4,
            "same_height": entropy == 0 and np.isfinite(divergence) and divergence > 0,
            "flat": abs(cross_entropy - np.log(2)) < 5e-4 and abs(self.q[0] - 0.5) < 5e-4 < abs(self.p[0] - 0.5),
        }

    def code(self):
        return CODE.format(p=list(self.now.p2), q=list(self.now.q2))
