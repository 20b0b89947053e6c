"""Training: start a run, watch it, command it, open one by its link; before that, what an untrained model says."""

import streamlit as st

from explorer import frame, runs
from explorer.components.run_monitor import run_monitor
from explorer.pages import recording
from explorer.pages.train_parts import (
    SETTINGS,
    before,
    chosen,
    code,
    compare,
    during,
    owner,
    preset,
    questions,
    replayed,
    run_with,
    shortest,
)
from explorer.server import RUNS
from explorer.training import recipes

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


def at_rest(page: frame.Page) -> None:
    """Show what can be trained, and what an untrained model says."""
    words = page.words
    owner.prepare()
    page.presets(PRESETS)
    if going := owner.going():
        st.info(words("still_going"), icon=":material/info:")
        st.button(words("show_it"), key="train.show_it", on_click=SETTINGS.set, kwargs={"run": going.id})
    if page.shows("controls"):
        before.controls(page)
    if page.shows("monitor"):
        before.preview(page)
        if not owner.started():
            replayed.show(page)
    page.questions(questions.about(page.now.recipe, None, []))
    code.show(page, chosen(page.now))


def on_a_run(page: frame.Page, run: runs.Run) -> None:
    """Show a run, and what its owner can do."""
    settings = run_with(run)
    owner.attend(run)
    if page.shows("controls"):
        during.controls(page, run)
        before.look(page.words, settings.get("recipe"))
    if page.shows("text"):
        recording.label(page.words, run.id)
    if page.shows("monitor"):
        remember = (owner.cookie(run), owner.secret(run)) if owner.mine(run) else None
        run_monitor(
            SETTINGS,
            page.words,
            [(f"{RUNS}/{run.id}", run.id)],
            active=not run.over(),
            waiting=run.before is not None,
            remember=remember,
            resumed=run.resumed,
        )
    page.questions(questions.about(settings.get("recipe"), run, []))
    if settings:
        code.show(page, shortest(settings), run.folder.started)


with frame.page(SETTINGS) as page:
    if "train.refused" in st.session_state:
        key, reason = st.session_state["train.refused"]
        st.error(page.words(key, reason=frame.plain(reason)), icon=":material/error:")
    if compared := compare.found(page):
        compare.show(page, compared)
        page.questions(questions.about(None, None, compared))
        code.show_all(page, compared)
    elif run := opened(page):
        on_a_run(page, run)
    else:
        at_rest(page)
