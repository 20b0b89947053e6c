"""Opening a run that a visitor has as a ZIP file, and where it goes."""

from collections.abc import Callable

import streamlit as st

from explorer import runs
from explorer.components.run_upload import opened
from explorer.pages.shared.lookup import folder
from explorer.pages.shared.upload import upload
from explorer.shell.texts import Words
from explorer.stage.page import Page

WIDTH = 420  # pixels


def open_run(page: Page, leave: Callable[[Page, str], None]) -> None:
    """Offer to open a run; then the setting `run` names it, and leave(page, the run before) is called."""
    words, name = page.words, page.settings.page
    place, area = f"{name}.open_run", f"{name}.run_upload"

    def show() -> None:
        run, before = opened(st.session_state.get(area)), page.settings.values()["run"]
        if folder(run):
            page.settings.set(run=run)
            leave(page, before)
            st.session_state[place] = False  # what was asked for is behind it

    look = {"icon": ":material/folder_zip:", "type": "tertiary", "wrap": False, "help": words("open_run")}
    popover = st.popover(words("open_run"), key=place, on_change="rerun", **look)
    if not popover.open:
        return
    with popover, st.container(width=WIDTH):
        if upload(area, words, show):
            st.caption(kept(words, runs.of_this_server().limits.keep_hours))


def kept(words: Words, hours: float | None) -> str:
    """Say where a run that is opened goes, who can see it, and when it is removed."""
    removed = words("run_upload.removed") if hours is None else words("run_upload.removed_after", hours=f"{hours:g}")
    return words.sentences(words("run_upload.where"), removed)
