"""Training: start a run, watch it, command it, open one by its link; before that, what an untrained network says."""

import streamlit as st

from explorer import runs
from explorer.pages.shared import ownership, photographs, refusal
from explorer.pages.train import SETTINGS, compare
from explorer.pages.train.idle import AtRest
from explorer.pages.train.monitor_section import MonitorSection
from explorer.pages.train.running import OnARun
from explorer.shell.texts import plain
from explorer.stage.page import Page, open_page


def section(page: Page) -> MonitorSection:
    """Return what the link asks for: runs laid over each other, a run, or what can be trained."""
    # Whatever is to be noticed, the stage below stays where it is on the page, and what is drawn on it stays too.
    with st.container(key="notices", gap=None):
        refusal.show(page.words)
        if compared := compare.found(page):
            return compare.Compared(page, compared)
        if run := opened(page):
            return OnARun(page, run)
        return AtRest(page)


def opened(page: Page) -> runs.Run | None:
    """Return the run that the page shows, after a word about one that is not there."""
    if not page.now.run:
        return None
    run = runs.of_this_server().find(page.now.run)
    if run is None:
        st.warning(page.words("unknown_run", run=plain(page.now.run)), icon=":material/link_off:")
        SETTINGS.set(run="")
        page.now.run = ""
    return run


photographs.welcome(SETTINGS)
with open_page(SETTINGS) as page:
    ownership.mark_present()
    page.stage({"train": section})
