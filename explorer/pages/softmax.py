"""Softmax loss (E4 to E6, E11): the board, and the surface of the loss over two of its logits."""

import math

import streamlit as st

from explorer import frame, losses, surfaces
from explorer.classes import CIFAR10
from explorer.components.live_figure import live_figure
from explorer.components.logit_board import logit_board
from explorer.figures.surface import surface_figure
from explorer.notation import number
from explorer.settings import Choice, Number, Numbers, Settings, Several, Whole

FIRST = (1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3)

SETTINGS = Settings(
    "softmax",
    z=Numbers(FIRST, -1000, 1000),
    y=Whole(3, 0, 9),
    T=Number(1.0, 0.05, 20),
    a=Whole(3, 0, 9),
    b=Whole(5, 0, 9),
    quantity=Choice(("loss", "probability", "gradient")),
    view=Choice(("surface", "contours")),
    show=Several(("text", "presets", "board", "surface", "questions", "code")),
)

PRESETS = {
    "cat_or_dog": {"z": FIRST, "y": 3, "T": 1.0},
    "sure_and_right": {"z": (0, 0, 0, 9, 0, 0, 0, 0, 0, 0), "y": 3, "T": 1.0},
    "sure_and_wrong": {"z": (0, 0, 0, 0, 0, 9, 0, 0, 0, 0), "y": 3, "T": 1.0},
    "knows_nothing": {"z": (0,) * 10, "y": 3, "T": 1.0},
    "hot": {"z": FIRST, "y": 3, "T": 10.0},
    "cold": {"z": FIRST, "y": 3, "T": 0.1},
    "overflow": {"z": (1000, 0, 0, 997, 0, 0, 0, 0, 0, 0), "y": 3, "T": 1.0},
}

CODE = """import numpy as np

f = np.array({z})  # the logits
y = {y}  # the true class
T = {T}  # the temperature

powers = np.exp((f - f.max()) / T)  # subtracting the largest changes no quotient
p = powers / powers.sum()
loss = -((f[y] - f.max()) / T - np.log(powers.sum()))
gradient = p - np.eye({classes})[y]
print(p.round(4), loss, gradient.round(4))
"""


def surface_controls(page: frame.Page, classes: list[str]) -> None:
    """Show which two logits span the surface, what it shows, and how."""
    columns = st.columns([1, 1, 1.4, 1.1], vertical_alignment="bottom")
    for column, name in zip(columns[:2], "ab", strict=True):
        column.selectbox(
            page.words(f"surface.{name}"),
            range(10),
            format_func=classes.__getitem__,
            **page.settings.widget(name),
        )
    columns[2].segmented_control(
        page.words("surface.quantity"),
        page.settings.table["quantity"].options,
        format_func=lambda quantity: page.words(f"quantity.{quantity}"),
        required=True,
        **page.settings.widget("quantity"),
    )
    columns[3].segmented_control(
        page.words("surface.view"),
        page.settings.table["view"].options,
        format_func=lambda view: page.words(f"view.{view}"),
        required=True,
        **page.settings.widget("view"),
    )


with frame.page(SETTINGS) as page:
    now, words = page.now, page.words
    classes = [words(f"classes.{name}") for name in CIFAR10]
    probabilities = losses.softmax(now.z, now.T)
    loss = losses.softmax_loss(now.z, now.y, now.T)
    code = CODE.format(z=list(now.z), y=now.y, T=now.T, classes=10)

    page.presets(PRESETS)
    if page.shows("board"):
        logit_board(SETTINGS, words, classes)
        st.caption(
            words(
                "perplexity",
                loss=number(loss),
                perplexity=number(math.exp(loss) if loss < 700 else math.inf, 3),
            )
        )
    if page.shows("surface"):
        st.subheader(words("surface.title"), anchor=False)
        st.markdown(words("surface.lead"))
        surface_controls(page, classes)
        if now.a == now.b:
            st.info(words("surface.same"), icon=":material/info:")
        else:
            drawn = surfaces.softmax_surface(now.z, now.y, (now.a, now.b), now.quantity, temperature=now.T)
            value = surfaces.softmax_quantity(now.z, now.y, now.quantity, temperature=now.T)
            titles = (f"f({classes[now.a]})", f"f({classes[now.b]})", words(f"quantity.{now.quantity}"))
            alt = words(
                "surface.alt",
                quantity=words(f"quantity.{now.quantity}"),
                a=classes[now.a],
                b=classes[now.b],
                y=classes[now.y],
                za=number(now.z[now.a], 2),
                zb=number(now.z[now.b], 2),
                value=number(value),
            )
            live_figure(
                surface_figure(
                    drawn, titles, (now.z[now.a], now.z[now.b], float(value)), contours=now.view == "contours"
                ),
                key="softmax.surface",
                words=words,
                alt=alt,
                subject=f"{now.view} {now.quantity} {now.a} {now.b}",
                code=code,
            )
            st.caption(alt)
    page.questions(
        {
            "ln10": abs(loss - math.log(10)) < 5e-5 and max(now.z) - min(now.z) > 0.01,
            "never_zero": loss < 1e-3,
            "shift": min(now.z) >= 5 and now.T == 1 and now.y == 3 and abs(loss - losses.softmax_loss(FIRST, 3)) < 5e-3,
        }
    )
    page.code(code)
