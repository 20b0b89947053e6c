"""Training: start a run, watch it, command it, open one by its link; before that, what an untrained model says."""

import math

import streamlit as st

from explorer import frame, runs
from explorer.components.run_monitor import run_monitor
from explorer.pages.train_parts import SETTINGS, before, chosen, compare, during, owner, preset
from explorer.server import RUNS
from explorer.training import options, recipes

PRESETS = {name: preset(name) for name in recipes.RECIPES}


def opened(page: frame.Page) -> runs.Run | None:
    """Return the run that the page shows, after a word about one that is not there."""
    if not page.now.run:
        return None
    run = runs.of_this_server().find(page.now.run)
    if run is None:
        st.warning(page.words("unknown_run", run=frame.plain(page.now.run)), icon=":material/link_off:")
        SETTINGS.set(run="")
    return run


def found(run: runs.Run | None) -> dict[str, bool]:
    """Say which questions the run that is shown answers."""
    seen = run.folder if run else None
    first = seen.epochs[0]["test_loss"] if seen and seen.epochs else math.nan
    last = seen.epochs[-1] if seen and seen.epochs else {"test_loss": math.nan, "test_accuracy": 0.0}
    started = seen.started["configuration"] if seen and seen.started else {}
    return {
        "ln10": abs(first - math.log(10)) < 0.1,
        "too_far": bool(seen) and len(seen.epochs) > 1 and not last["test_loss"] <= math.log(10),
        "cnn": started.get("model") == "cnn" and last["test_accuracy"] > 0.6,
    }


with frame.page(SETTINGS) as page:
    words = page.words
    run = None if page.now.compare else opened(page)
    if "train.refused" in st.session_state:
        key, reason = st.session_state["train.refused"]
        st.error(words(key, reason=frame.plain(reason)), icon=":material/error:")
    if page.now.compare:
        compare.show(page)
    elif run is None:
        page.presets(PRESETS)
        if going := owner.going():
            st.info(words("still_going"), icon=":material/info:")
            st.button(words("show_it"), key="train.show_it", on_click=SETTINGS.set, kwargs={"run": going.id})
        if page.shows("controls"):
            before.controls(page)
        if page.shows("monitor"):
            before.preview(words)
    else:
        owner.attend(run)
        if page.shows("controls"):
            during.controls(page, run)
        if page.shows("monitor"):
            remember = (owner.cookie(run), owner.secret(run)) if owner.mine(run) else None
            run_monitor(SETTINGS, words, [(f"{RUNS}/{run.id}", run.id)], active=not run.over(), remember=remember)
    page.questions(found(run))
    settings = run.settings if run and run.settings else chosen(page.now)
    page.code("python -m explorer.training " + " ".join(options.command_line(settings)))
