"""Softmax or sigmoid (E7): what the page can be set to, and its sections."""

import numpy as np
import streamlit as st

from explorer.pages.shared import linked_image, ownership
from explorer.pages.softmax_or_sigmoid import CLASSES, FIRST, Scene, board, descent, plane, two
from explorer.shell.settings import Choice, Flag, Integer, MultiChoice, Number, Numbers, PictureOf, Settings
from explorer.stage.page import Page, open_page

SECTIONS = {"board": board, "descent": descent, "plane": plane, "two": two}

SETTINGS = Settings(
    "softmax_or_sigmoid",
    part=Choice(tuple(SECTIONS)),
    # the example, with one logit and one label a class
    example=Choice(tuple(CLASSES)),
    z=Numbers(FIRST["style"]["z"], -1000, 1000),
    y=MultiChoice(tuple("0123456789"), FIRST["style"]["y"]),
    several=Flag(True),
    # descent
    step=Integer(40, 0, descent.STEPS),
    rate=Number(1.0, 0.1, 3.9, digits=1),
    # clusters in the plane
    points=Choice(("separate", "overlapping", "row"), "overlapping"),
    spread=Number(0.45, 0.1, 1.2, digits=2),
    seed=Integer(0, 0, 99),
    # two classes
    z1=Number(1.5, -6, 6, digits=1),
    z2=Number(-0.5, -6, 6, digits=1),
    view=Choice(("surface", "contours")),
    # the picture whose logits a link has carried here
    photo=PictureOf(),
    show=MultiChoice(("text", "presets", *SECTIONS, "questions", "code")),
)


def fitting_labels(page: Page, classes: list[str]) -> tuple[str, ...]:
    """Return the labels, cut down to what the example and the switch allow, and say so where a link asks for more."""
    asked = page.now.y
    allowed = tuple(label for label in asked if int(label) < len(classes))
    if not page.now.several:
        allowed = allowed[:1] or ("0",)
    if allowed != asked:
        none = page.words("no_label")
        shown = page.words.names(classes[int(label)] for label in allowed) or none
        st.warning(page.words("labels_cut", asked=page.words.names(asked) or none, shown=shown))
        SETTINGS.set(y=allowed)
    return allowed


def scene(page: Page) -> Scene:
    """Return the example's classes, with their logits and labels."""
    names = page.words.table("labels") | page.words.table("classes") | page.words.table("shapes")
    classes = [names[name] for name in CLASSES[page.now.example]]
    true = fitting_labels(page, classes)
    return Scene(
        classes=classes,
        logits=np.array(page.now.z[: len(classes)]),
        labels=np.array([float(str(k) in true) for k in range(len(classes))]),
    )


with open_page(SETTINGS) as page:
    ownership.mark_present()
    chosen = page.visible_sections(SECTIONS)
    page.presets({name: values for part in chosen for name, values in SECTIONS[part].PRESETS.items()})

    @page.fragment
    def sections():
        linked_image.show(page)
        now = scene(page)
        for part in chosen:
            SECTIONS[part].show(page, now)
