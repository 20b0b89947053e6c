"""H(p,q) and D_KL(p‖q) of two classes over the square of all p and q (E8, E9)."""

import numpy as np
import streamlit as st

from explorer.components.distribution_board import distribution_board
from explorer.components.live_figure import captioned_figure
from explorer.figures.cross_entropy import CROSS_ENTROPY, DIVERGENCE
from explorer.figures.surface import surface_figure
from explorer.figures.theme import CLASS_COLOURS
from explorer.maths import losses, surfaces
from explorer.pages.cross_entropy import CAT, DOG, class_names, shows
from explorer.shell.numbers import number
from explorer.stage.page import Page

BOARD = "cross_entropy.two_classes"
# From beside the valley, where the arch of H(p) along it is seen.
SIDE = {"x": -0.7, "y": -1.75, "z": 1.15}

PRESETS = {
    "disagree": {"p2": (0.5, 0.5), "q2": (0.9, 0.1)},
    "valley": {"p2": (0.3, 0.7), "q2": (0.3, 0.7)},
    "cliff": {"p2": (0.9, 0.1), "q2": (0.01, 0.99)},
    "wall": {"p2": (0.6, 0.4), "q2": (0, 1)},
}

CODE = """import numpy as np

p, q = np.array({p}), np.array({q})
with np.errstate(divide="ignore", invalid="ignore"):
    cross_entropy = -np.where(p > 0, p * np.log(q), 0).sum()
    divergence = np.where(p > 0, p * (np.log(p) - np.log(q)), 0).sum()
print(cross_entropy, divergence, cross_entropy - divergence)  # the last one is H(p)
"""


def show(page: Page) -> None:
    """Show the board of two classes, both surfaces with the valley q = p, and the questions."""
    now, words = page.now, page.words
    p, q = np.array(now.p2), np.array(now.q2)
    values = {"cross_entropy": losses.cross_entropy(p, q), "kl_divergence": losses.kl_divergence(p, q)}
    entropy = losses.entropy(p)
    cat = class_names(page, [CAT])[0]
    code = CODE.format(p=list(now.p2), q=list(now.q2))
    if shows(page, "board"):
        distribution_board(
            BOARD,
            page.settings,
            words,
            class_names(page, [CAT, DOG]),
            [CLASS_COLOURS[CAT], CLASS_COLOURS[DOG]],
            {"p": "p2", "q": "q2"},
            fixed={"target": "hand", "guess": "hand", "unit": "nats"},
        )
    if shows(page, "figure"):
        st.segmented_control(
            words("surfaces.view"),
            page.settings.specs["view"].options,
            format_func=lambda view: words(f"view.{view}"),
            required=True,
            **page.settings.widget("view"),
        )
        both = surfaces.two_class_surfaces()
        axis = both.cross_entropy.x
        valleys = {"cross_entropy": both.valley, "kl_divergence": np.zeros_like(axis)}
        for column, (quantity, value) in zip(st.columns(2), values.items(), strict=True):
            name = words(f"quantity.{quantity}")
            symbol = CROSS_ENTROPY if quantity == "cross_entropy" else DIVERGENCE
            says = words(f"surfaces.says_{quantity}", p=number(p[0]), q=number(q[0]), value=number(value))
            contours = now.view == "contours"
            figure = surface_figure(
                getattr(both, quantity),
                (f"p({cat})", f"q({cat})", symbol),
                # Seen from above the board's own point moves, and nothing is left to draw.
                None if contours or np.isinf(value) else (p[0], q[0], value),
                {"q = p": (axis, axis, valleys[quantity])},
                contours,
                z_range=(0, 3),
            )
            if contours:
                figure.update_layout(xaxis_range=(0, 1), yaxis={"range": (0, 1), "scaleanchor": "x"})
            else:
                figure.update_layout(scene_camera_eye=SIDE)
            follow = {"board": BOARD, "points": [{"x": "p0", "y": "q0", "colour": "var(--text)"}]}
            with column:
                st.markdown(f"**{name}**")
                captioned_figure(
                    figure,
                    key=f"cross_entropy.{quantity}",
                    words=words,
                    alt=says,
                    subject=now.view,
                    follow=follow if contours else None,
                    code=code,
                    group="cross_entropy.surfaces",
                )
        if np.isinf(values["kl_divergence"]):
            st.info(words("surfaces.wall"), icon=":material/all_inclusive:")
    page.questions(
        {
            "ridge": abs(values["kl_divergence"]) < 5e-4 and abs(entropy - np.log(2)) < 5e-4,
            "same_height": entropy == 0 and np.isfinite(values["kl_divergence"]) and values["kl_divergence"] > 0,
            "flat": abs(values["cross_entropy"] - np.log(2)) < 5e-4 and abs(q[0] - 0.5) < 5e-4 < abs(p[0] - 0.5),
        }
    )
    page.code(code)
