"""After training: from one picture's logits to the whole test set, of a recorded run or one of this server."""

import contextlib

import numpy as np
import streamlit as st

from explorer.pages.results import (
    FIRST,
    LAST,
    calibration,
    history,
    landscape,
    microscope,
    own_picture,
    scene,
    test_set,
    written,
)
from explorer.pages.shared import ownership, recorded_label
from explorer.pages.shared.lookup import folder, names_of, usable
from explorer.runs import recorded
from explorer.runs.results import Results
from explorer.shell.settings import Choice, Flag, Integer, MultiChoice, Number, RunId, Settings
from explorer.stage.page import Page, open_page, plain

SECTIONS = {
    "microscope": microscope,
    "time": history,
    "whole": test_set,
    "calibration": calibration,
    "landscape": landscape,
    "own_picture": own_picture,
}
TRAINED = ("time", "landscape", "own_picture")  # sections in which no evaluation is to be chosen

SETTINGS = Settings(
    "results",
    part=Choice(tuple(SECTIONS)),
    run=RunId(recorded.NAMES[0], recorded.NAMES),
    epoch=Integer(LAST, LAST, 999_999_999),
    # the microscope: what it shows, in which order, which page of the gallery, and which picture is open
    true=Choice(microscope.CLASSES),
    predicted=Choice(microscope.CLASSES),
    verdict=Choice(("all", "wrong", "right")),
    sort=Choice(("loss", "confidence", "margin")),
    up=Flag(),
    at=Integer(1, 1, 1_000_000),
    sample=Integer(-1, -1, 99_999_999),
    # the whole test set
    view=Choice(("confusion", "losses", "run")),
    # calibration
    T=Number(1.0, 0.1, 10.0),
    bins=Integer(15, 2, 50),
    # the landscape: which plane, how it is drawn, how finely and on how many pictures it was computed
    plane=Choice(landscape.PLANES),
    look=Choice(("surface", "contours")),
    logz=Flag(),
    points=Choice(landscape.POINTS, landscape.RECORDED["points"]),
    samples=Choice(landscape.SAMPLES, landscape.RECORDED["samples"]),
    draw=Choice(landscape.SEEDS, landscape.RECORDED["draw"]),
    # a picture of one's own: what it shows
    truth=Choice(own_picture.TRUTHS),
    show=MultiChoice(("text", "presets", *SECTIONS, "questions", "code")),
)


def choose_run(page: Page) -> None:
    """Show the choice between the recorded runs and, if there is one, the run that was named or watched last."""
    named = [SETTINGS.values()["run"], st.session_state.get("train.run", "")]
    options = [*recorded.NAMES, *dict.fromkeys(run for run in named if run and run not in recorded.NAMES)]
    st.segmented_control(
        page.words("run.label"),
        options,
        format_func=lambda run: (
            page.words(f"run.{run}") if run in recorded.NAMES else page.words("run.own", run=run[:6])
        ),
        required=True,
        on_change=another_run,
        args=(SETTINGS.values()["run"],),
        **SETTINGS.widget("run"),
    )


def another_run(before: str) -> None:
    """Leave what was chosen of the run before; one of its pictures stays chosen where the new run has the same."""
    SETTINGS.set(epoch=LAST, at=1)
    tested_on = []
    for run in (before, SETTINGS.values()["run"]):
        with contextlib.suppress(OSError, ValueError, TypeError):
            tested_on.append(Results(folder(run)).labels)
    if len(tested_on) < 2 or not np.array_equal(*tested_on):
        SETTINGS.set(sample=FIRST)


def opened(page: Page) -> Results | None:
    """Return the results of the chosen run, or None after a word about why there are none."""
    words = page.words
    place = folder(page.now.run)
    if place is None:
        st.warning(words("unknown_run", run=plain(page.now.run)), icon=":material/link_off:")
        SETTINGS.set(run=SETTINGS.specs["run"].default)
        another_run(page.now.run)
        place = folder(SETTINGS.values()["run"])
    try:
        return Results(place)
    except (OSError, ValueError):
        st.info(words("no_results"), icon=":material/hourglass_empty:")
        return None


def choose_epoch(page: Page, results: Results, epochs: list[int]) -> int:
    """Show the choice of the evaluation, and return its epoch; the last one is `LAST`, whichever it is."""
    if page.now.epoch not in epochs[:-1]:
        SETTINGS.set(epoch=LAST)
    options = [*epochs[:-1], LAST]
    last = page.words("last", epoch=written(results.reached(epochs[-1])))
    if len(options) > 1 and page.now.part not in TRAINED:
        st.select_slider(
            page.words("after_epoch"),
            options,
            format_func=lambda epoch: last if epoch == LAST else written(epoch),
            **SETTINGS.widget("epoch"),
        )
    epoch = SETTINGS.values()["epoch"]
    return epochs[-1] if epoch == LAST else epoch


with open_page(SETTINGS) as page:
    chosen = page.visible_sections(SECTIONS)

    @page.fragment
    def sections():
        ownership.mark_present()
        results = opened(page)
        if page.shows("presets"):
            choose_run(page)
        evaluations = results.evaluations() if results else []
        epochs = usable(results) if results else []
        if len(epochs) < len(evaluations):
            st.warning(page.words("left_out"), icon=":material/trending_up:")
        if results and not evaluations:
            st.info(page.words("no_results"), icon=":material/hourglass_empty:")
        if epochs:
            if page.shows("text"):
                recorded_label.label(page.words, page.settings.values()["run"])
            epoch = choose_epoch(page, results, epochs)
            open_scene = scene(results, epochs, epoch, names_of(page.words, results))
            for part in chosen:
                if page.shows("text"):
                    st.markdown(page.words(f"{part}.lead"))
                page.presets(SECTIONS[part].PRESETS)
                SECTIONS[part].show(page, open_scene)
