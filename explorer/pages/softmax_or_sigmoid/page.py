"""Softmax or sigmoid (E7): what the page can be set to, and its sections."""

import streamlit as st

from explorer.components.points_board import Points
from explorer.maths import three_classes
from explorer.pages.shared import ownership
from explorer.pages.softmax_or_sigmoid import CLASSES, EXAMPLES, class_names
from explorer.pages.softmax_or_sigmoid.board import Board
from explorer.pages.softmax_or_sigmoid.descent import STEPS, Descent
from explorer.pages.softmax_or_sigmoid.plane import OWN, REACH, Plane
from explorer.pages.softmax_or_sigmoid.two import TwoClasses
from explorer.shell.kinds import Choice, Flag, Integer, MultiChoice, Number, Numbers, PictureOf
from explorer.shell.settings import Settings
from explorer.stage import prediction
from explorer.stage.page import Page, open_page

SECTIONS = {"board": Board, "descent": Descent, "plane": Plane, "two": TwoClasses}

SETTINGS = Settings(
    "softmax_or_sigmoid",
    part=Choice(tuple(SECTIONS)),
    # the example, with one logit and one label a class
    example=Choice(tuple(CLASSES)),
    z=Numbers(EXAMPLES["style"]["z"], -1000, 1000),
    y=MultiChoice(tuple("0123456789"), EXAMPLES["style"]["y"]),
    several=Flag(True),
    # descent
    step=Integer(40, 0, STEPS),
    rate=Number(1.0, 0.1, 3.9, digits=1),
    # clusters in the plane, or the visitor's own points
    points=Choice(("separate", "overlapping", "row", OWN), "overlapping"),
    own=Points(-REACH, REACH, kinds=len(three_classes.KINDS)),
    spread=Number(0.45, 0.1, 1.2, digits=2),
    seed=Integer(0, 0, 99),
    # two classes
    z1=Number(1.5, -6, 6, digits=1),
    z2=Number(-0.5, -6, 6, digits=1),
    view=Choice(("surface", "contours")),
    # the image whose logits a link has carried here
    photo=PictureOf(),
    predict=prediction.setting("softmax_or_sigmoid"),
    show=MultiChoice(("text", "presets", *SECTIONS, "questions", "code")),
)


def fit_labels(page: Page) -> None:
    """Cut the labels of a link down to what the example and the switch allow, and say so."""
    asked, classes = page.now.y, class_names(page.words, page.now.example)
    allowed = tuple(label for label in asked if int(label) < len(classes))
    if not page.now.several:
        allowed = allowed[:1] or ("0",)
    if allowed != asked:
        none = page.words("no_label")
        shown = page.words.names(classes[int(label)] for label in allowed) or none
        st.warning(page.words("labels_cut", asked=page.words.names(asked) or none, shown=shown))
        SETTINGS.set(y=allowed)


with open_page(SETTINGS) as page:
    ownership.mark_present()
    fit_labels(page)
    page.stage(SECTIONS)
