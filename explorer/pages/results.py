"""After training: from one picture's logits to the whole test set, of a recorded run or one of this server."""

import re
from pathlib import Path

import numpy as np
import streamlit as st

from explorer import frame, runs
from explorer.pages.results_parts import LAST, RECORDED, calibration, microscope, scene, time, whole
from explorer.runs.results import Results
from explorer.settings import Choice, Flag, Number, RunId, Settings, Several, Whole

SECTIONS = {"microscope": microscope, "time": time, "whole": whole, "calibration": calibration}
SHIPPED = ("synthetic", "cifar10")


SETTINGS = Settings(
    "results",
    part=Choice(tuple(SECTIONS)),
    run=RunId(SHIPPED[0], SHIPPED),
    epoch=Whole(LAST, LAST, 999_999_999),
    # the microscope: what it shows, in which order, which page of the gallery, and which picture is open
    true=Choice(microscope.CLASSES),
    predicted=Choice(microscope.CLASSES),
    verdict=Choice(("all", "wrong", "right")),
    sort=Choice(("loss", "confidence", "margin")),
    up=Flag(),
    at=Whole(1, 1, 1_000_000),
    sample=Whole(-1, -1, 99_999_999),
    # the whole test set
    view=Choice(("confusion", "losses", "run")),
    # calibration
    T=Number(1.0, 0.1, 10.0),
    bins=Whole(15, 2, 50),
    show=Several(("text", "presets", *SECTIONS, "questions", "code")),
)


def folder(run: str):
    """Return the folder of a recorded run or of one of this server, or None."""
    if run in SHIPPED:
        return RECORDED / run
    found = runs.of_this_server().find(run)
    return found.folder.path if found else None


def choose_run(page: frame.Page) -> None:
    """Show the choice between the recorded runs and, if there is one, the run that was named or watched last."""
    named = [SETTINGS.values()["run"], st.session_state.get("train.run", "")]
    options = [*SHIPPED, *dict.fromkeys(run for run in named if run and run not in SHIPPED)]
    st.segmented_control(
        page.words("run.label"),
        options,
        format_func=lambda run: page.words(f"run.{run}") if run in SHIPPED else page.words("run.own", run=run[:6]),
        required=True,
        **SETTINGS.widget("run"),
    )


def opened(page: frame.Page) -> Results | None:
    """Return the results of the chosen run, or None after a word about why there are none."""
    words = page.words
    place = folder(page.now.run)
    if place is None:
        st.warning(words("unknown_run", run=frame.plain(page.now.run)), icon=":material/link_off:")
        SETTINGS.set(run=SETTINGS.table["run"].default)
        place = folder(SETTINGS.values()["run"])
    try:
        return Results(place)
    except (OSError, ValueError):
        st.info(words("no_results"), icon=":material/hourglass_empty:")
        return None


@st.cache_data(max_entries=100, show_spinner=False)
def usable(place: str, epochs: tuple[int, ...]) -> list[int]:
    """Return those of the `epochs` of the run in the folder `place` whose logits are whole and finite."""
    results = Results(Path(place))

    def whole(epoch: int) -> bool:
        try:
            return bool(np.isfinite(results.logits(epoch)).all())
        except (OSError, ValueError):
            return False

    return [epoch for epoch in epochs if whole(epoch)]


def choose_epoch(page: frame.Page, epochs: list[int]) -> int:
    """Show the choice of the evaluation, and return its epoch; the last one is `LAST`, whichever it is."""
    if page.now.epoch not in epochs[:-1]:
        SETTINGS.set(epoch=LAST)
    options = [*epochs[:-1], LAST]
    if len(options) > 1 and page.now.part != "time":
        st.select_slider(
            page.words("after_epoch"),
            options,
            format_func=lambda epoch: page.words("last", epoch=epochs[-1]) if epoch == LAST else str(epoch),
            **SETTINGS.widget("epoch"),
        )
    epoch = SETTINGS.values()["epoch"]
    return epochs[-1] if epoch == LAST else epoch


def names_of(page: frame.Page, results: Results) -> list[str]:
    """Return the classes' names in the visitor's language where the words know them, else their letters and digits."""
    known = page.words.table("shapes") | page.words.table("classes")
    return [known.get(name) or " ".join(re.findall(r"[^\W_]+", name)) for name in results.classes]


with frame.page(SETTINGS) as page:
    chosen = [part for part in SECTIONS if part in page.now.show] or [page.sections()]
    results = opened(page)
    if page.shows("presets"):
        choose_run(page)
    evaluations = results.evaluations() if results else []
    epochs = usable(str(results.path), tuple(evaluations)) if results else []
    if len(epochs) < len(evaluations):
        st.warning(page.words("left_out"), icon=":material/trending_up:")
    if results and not evaluations:
        st.info(page.words("no_results"), icon=":material/hourglass_empty:")
    if epochs:
        if page.shows("text") and results.path.parent == RECORDED:
            st.caption(page.words(f"recorded.{results.path.name}"))
        epoch = choose_epoch(page, epochs)
        open_scene = scene(results, epochs, epoch, names_of(page, results))
        for part in chosen:
            if page.shows("text"):
                st.markdown(page.words(f"{part}.lead"))
            page.presets(SECTIONS[part].PRESETS)
            SECTIONS[part].show(page, open_scene)
