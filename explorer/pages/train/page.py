"""Training: start a run, watch it, command it, open one by its link; before that, what an untrained model says."""

import streamlit as st

from explorer import runs
from explorer.components.run_monitor import run_monitor
from explorer.pages.shared import ownership, recorded_label, refusal
from explorer.pages.train import (
    SETTINGS,
    chosen,
    code,
    compare,
    idle,
    preset,
    questions,
    replayed,
    run_with,
    running,
    shortest,
)
from explorer.protocol import recipes
from explorer.protocol.routes import RUNS
from explorer.stage.page import Page, open_page, plain

PRESETS = {name: preset(name) for name in recipes.RECIPES}


def opened(page: Page) -> runs.Run | None:
    """Return the run that the page shows, after a word about one that is not there."""
    if not page.now.run:
        return None
    run = runs.of_this_server().find(page.now.run)
    if run is None:
        st.warning(page.words("unknown_run", run=plain(page.now.run)), icon=":material/link_off:")
        SETTINGS.set(run="")
    return run


def at_rest(page: Page) -> None:
    """Show what can be trained, and what an untrained model says."""
    words = page.words
    ownership.prepare()
    page.presets(PRESETS)
    if going := ownership.going():
        st.info(words("still_going"), icon=":material/info:")
        st.button(words("show_it"), key="train.show_it", on_click=SETTINGS.set, kwargs={"run": going.id})
    if page.shows("controls"):
        idle.controls(page)
    if page.shows("monitor"):
        idle.preview(page)
        if not ownership.started():
            replayed.show(page)
    page.questions(questions.about(page.now.recipe, None, []))
    code.show(page, chosen(page.now))


def on_a_run(page: Page, run: runs.Run) -> None:
    """Show a run, and what its owner can do."""
    name = "controls" if ownership.mine(run) else "stage"
    text = run.drawn()[name]  # as it is now: what is drawn later is as it is then
    settings = run_with(run)
    ownership.remember(run)
    if page.shows("controls"):
        running.controls(page, run)
        idle.look(page.words, settings.get("recipe"))
    if page.shows("text"):
        recorded_label.label(page.words, run.id)
    if page.shows("monitor"):
        run_monitor(
            SETTINGS,
            page.words,
            [(f"{RUNS}/{run.id}", run.id)],
            drawn={"name": name, "text": text, "over": run.over()},
            resumed=run.resumed,
        )
    page.questions(questions.about(settings.get("recipe"), run, []))
    if settings:
        code.show(page, shortest(settings), run.folder.started)


with open_page(SETTINGS) as page:
    ownership.mark_present()
    refusal.show(page.words)
    if compared := compare.found(page):
        compare.show(page, compared)
        page.questions(questions.about(None, None, compared))
        code.show_all(page, compared)
    elif run := opened(page):
        on_a_run(page, run)
    else:
        at_rest(page)
