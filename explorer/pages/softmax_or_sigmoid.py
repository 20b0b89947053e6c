"""Softmax or sigmoid (E7): the same logits through both, and what decides between them."""

import numpy as np
import streamlit as st

from explorer import frame, losses, multi_label
from explorer.classes import CIFAR10
from explorer.components.both_board import both_board
from explorer.notation import number
from explorer.settings import Choice, Flag, Numbers, Settings, Several

CLASSES = {
    "style": ("landscape", "outdoors", "indoors", "portrait"),
    "digit": tuple("0123456789"),
    "group": tuple("ABCDE"),
    "cifar10": CIFAR10,
}


def picture(z: tuple[float, ...], *true: int, several: bool = False) -> dict:
    """Return the settings for the logits `z`, 0 for the classes beyond them, and the classes that are true."""
    return {"z": z + (0.0,) * (10 - len(z)), "y": tuple(map(str, true)), "several": several}


# What each example shows when it is chosen.
FIRST = {
    "style": picture((2.2, 1.9, -2.5, -1.0), 0, 1, several=True),
    "digit": picture((-3.0, 2.5, -2.0, -3.5, -2.5, -4.0, -5.0, 3.1, -4.5, -1.5), 7),
    "group": picture((-1.2, 2.4, 0.6, -2.0, -0.8), 1),
    "cifar10": picture((-2.3, -3.1, -2.6, 2.4, -3.3, 2.9, -2.7, -2.5, -4.1, -3.8), 3),
}

SETTINGS = Settings(
    "softmax_or_sigmoid",
    example=Choice(tuple(CLASSES)),
    z=Numbers(FIRST["style"]["z"], -1000, 1000),
    y=Several(tuple("0123456789"), FIRST["style"]["y"]),
    several=Flag(True),
    show=Several(("text", "presets", "board", "questions", "code")),
)


def choose_example() -> None:
    """Show the chosen example as it begins."""
    SETTINGS.set(**FIRST[SETTINGS.values()["example"]])


def examples(page: frame.Page) -> None:
    """Show the choice of the example, and what its labels are."""
    st.segmented_control(
        page.words("example"),
        SETTINGS.table["example"].options,
        format_func=lambda example: page.words(f"examples.{example}.name"),
        required=True,
        label_visibility="collapsed",
        wrap=True,
        on_change=choose_example,
        **SETTINGS.widget("example"),
    )
    st.markdown(page.words(f"examples.{page.now.example}.note"))


def fitting_labels(page: frame.Page, count: int) -> None:
    """Cut labels that a link gives down to what the example and the switch allow, and say so."""
    allowed = tuple(label for label in page.now.y if int(label) < count)
    if not page.now.several:
        allowed = allowed[:1] or ("0",)
    if allowed != page.now.y:
        st.warning(page.words("labels_cut", asked=", ".join(page.now.y) or "—", shown=", ".join(allowed)))
        SETTINGS.set(y=allowed)
        page.now.y = allowed


with frame.page(SETTINGS) as page:
    now, words = page.now, page.words
    names = CLASSES[now.example]
    classes = [words(f"classes.{name}") for name in names]
    fitting_labels(page, len(names))
    logits = np.array(now.z[: len(names)])
    labels = np.array([float(str(k) in now.y) for k in range(len(names))])

    if page.shows("board"):
        examples(page)
        both_board(SETTINGS, words, classes)
        sigmoids = losses.sigmoid(logits)
        st.caption(
            words(
                "board.alt" if labels.any() else "board.alt_no_label",
                softmax=number(multi_label.softmax_loss(logits, labels)) if labels.any() else "—",
                sigmoid=number(multi_label.sigmoid_loss(logits, labels)),
                sum=number(sigmoids.sum(), 3),
            )
        )
