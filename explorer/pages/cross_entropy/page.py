"""Cross-entropy and KL divergence (E8 to E12): what the page can be set to, and its sections."""

import streamlit as st

from explorer.components.distribution_board import Shares
from explorer.pages.cross_entropy import CLASSES, asymmetry, board, claim, derivation, names_sections, simplex, surfaces
from explorer.pages.shared import linked_image, ownership
from explorer.shell.settings import Choice, Integer, MultiChoice, Number, Numbers, PictureOf, Settings
from explorer.stage.page import open_page

SECTIONS = {
    "board": board,
    "claim": claim,
    "derivation": derivation,
    "surfaces": surfaces,
    "simplex": simplex,
    "asymmetry": asymmetry,
}

SETTINGS = Settings(
    "cross_entropy",
    part=Choice(tuple(SECTIONS)),
    # Ten classes, of photographs or of drawn shapes
    names=Choice(tuple(CLASSES)),
    target=Choice(("onehot", "smoothed", "hand"), "smoothed"),
    y=Integer(3, 0, 9),
    eps=Number(0.2, 0, 1, digits=3),
    p=Shares(board.PEOPLE),
    guess=Choice(("logits", "hand")),
    z=Numbers(board.FIRST, -100, 100),
    q=Shares(board.UNIFORM),
    unit=Choice(("nats", "bits")),
    k=Integer(3, 0, 9),
    step=Integer(5, 1, 5),
    # Two classes
    p2=Shares((0.5, 0.5)),
    q2=Shares((0.9, 0.1)),
    view=Choice(("surface", "contours")),
    # Three classes
    p3=Shares((0.6, 0.3, 0.1)),
    z3=Numbers((-3.0, 0.0, 2.0), -100, 100),
    quantity=Choice(("cross_entropy", "kl_divergence")),
    view3=Choice(("levels", "surface")),
    eta=Number(1.0, 0.1, 20),
    steps=Integer(30, 1, 200),
    # A line
    gap=Number(6.0, 0, 8),
    share=Number(0.6, 0.1, 0.9),
    start=Number(-1.0, -6, 6),
    # the picture whose logits a link has carried here
    photo=PictureOf(),
    show=MultiChoice(("text", "presets", *SECTIONS, "figure", "questions", "code")),
)

with open_page(SETTINGS) as page:
    ownership.mark_present()
    # "board" is also a part of most sections: by itself it means that of the chosen one.
    chosen = page.visible_sections(SECTIONS if names_sections(page) else ())
    # The presets speak of cats and dogs.
    named = {"names": "classes"}
    presets = {name: values for part in chosen for name, values in SECTIONS[part].PRESETS.items()}
    page.presets({name: values if callable(values) else named | values for name, values in presets.items()})

    @page.fragment
    def sections():
        linked_image.show(page)
        for part in chosen:
            if page.shows("text"):
                st.markdown(page.words(f"{part}.lead"))
            SECTIONS[part].show(page)
