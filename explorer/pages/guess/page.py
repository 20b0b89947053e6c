"""Guess the loss: state a probability for each class before the network's answer and the truth are shown."""

import streamlit as st

from explorer.pages.guess import SETTINGS, alone, game, together
from explorer.pages.shared import ownership
from explorer.stage.page import Page, open_page, plain


def chosen(page: Page):
    """Return what is guessed about: the run of the link, or after a word about it the recorded one."""
    found = game(page.now.run, page.words)
    if found is None:
        st.info(page.words("no_pictures", run=plain(page.now.run)), icon=":material/hide_image:")
        SETTINGS.set(run=SETTINGS.specs["run"].default)
        page.now.run = SETTINGS.values()["run"]
        found = game(page.now.run, page.words)
    return found


with open_page(SETTINGS) as page:
    ownership.mark_present()
    round = together.opened(page)
    if round:
        if page.shows("game") or page.shows("class"):
            together.show(page, round)
    else:
        found = chosen(page)
        if page.shows("game"):
            alone.show(page, found)
        together.offer(page, found)
