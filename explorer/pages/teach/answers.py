"""The answer key: every question of every page, with hint and answer, from the texts of the pages themselves."""

import streamlit as st

from explorer.pages.shared.views import View, link
from explorer.shell import texts
from explorer.stage.page import PAGES, Page

# Where each question is asked, on the pages that have several sections.
ASKED = {
    "logistic_regression": {
        "sample": ("costly", "one_nat", "stuck", "steepest", "coin"),
        "surface": ("ignores_x2", "all_right", "cliff"),
        "likelihood": ("first_zero", "coins", "by_hand"),
        "descent": ("uphill", "for_ever", "same_place"),
    },
    "softmax": {
        "board": ("ln10", "never_zero", "shift", "as_large", "scale"),
        "surface": ("not_convex", "flat_top"),
        "samples": ("right_and_costly", "wrong_and_cheap"),
        "numerics": ("first_failure", "saved_by_log"),
        "descent": ("turning_point", "patience"),
        "hinge": ("content", "thin_lead", "pulls_harder"),
        "picture": ("small_shift", "all_bias"),
    },
    "softmax_or_sigmoid": {
        "board": ("ln2", "nothing", "shift", "largest"),
        "descent": ("ln3", "below"),
        "plane": ("at_once", "row"),
        "two": ("negative",),
    },
    "cross_entropy": {
        "board": ("floor", "infinite", "symmetric", "bits"),
        "samples": ("one_digit", "same_cost", "shortest_code", "luck"),
        "claim": ("no_distance", "widest", "level"),
        "derivation": ("half", "perfect", "tenth"),
        "surfaces": ("ridge", "same_height", "flat"),
        "simplex": ("fewest", "overshoot", "never_there"),
        "asymmetry": ("lighter", "same_fit", "between"),
    },
    "results": {
        "microscope": ("surest_mistake", "dear_but_right", "most_confused"),
        "time": ("forgotten", "never", "lucky"),
        "whole": ("one_answer", "evenly", "both_rose"),
        "calibration": ("best", "balanced", "worse"),
        "inside": ("loudest", "same_saliency"),
        "landscape": ("seen",),
        "own_picture": ("worse_than_a_guess",),
    },
}


def answers(page: Page) -> None:
    """Show the key, page by page and each behind a click."""
    with st.container(key="text-key"):
        st.markdown(page.words("key"))
        for name in PAGES:
            words = texts.load(page.words.language, name)
            if not words.has("questions"):
                continue
            expander = st.expander(words(f"pages.{name}"), key=f"teach.open.{name}", on_change="rerun")
            if expander.open:
                with expander:
                    _of_page(name, words)


def _of_page(name: str, words: texts.Words) -> None:
    for part, questions in ASKED.get(name, {"": words.table("questions")}).items():
        link(View(name, {"part": part} if part else {}))
        told = [[words(f"questions.{question}.{what}") for what in ("ask", "hint", "answer")] for question in questions]
        st.markdown(
            "\n".join(
                f"1. **{ask}**\n\n    :material/lightbulb: {hint}\n\n    :material/check: {answer}"
                for ask, hint, answer in told
            )
        )
