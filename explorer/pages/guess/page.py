"""Beat the network: give a probability for each class before its answer and the truth are shown."""

import streamlit as st

from explorer.classroom.rounds import Round
from explorer.pages.guess import SETTINGS, Game, game, together
from explorer.pages.guess.alone import Alone
from explorer.pages.guess.leading import Leading
from explorer.pages.guess.playing import Playing
from explorer.pages.shared import ownership, photographs
from explorer.runs import recorded
from explorer.shell.texts import plain
from explorer.stage import joining
from explorer.stage.page import Page, open_page
from explorer.stage.section import Section


def section(page: Page) -> Section:
    """Return the round of the link as whoever leads it sees it, or a player does; without one a game alone."""
    # Whatever is to be noticed, the stage below stays where it is on the page.
    with st.container(key="notices", gap=None):
        round = together.opened(page)
        if round and (page.shows("game") or page.shows("class")):
            return in_a_round(page, round)
        return Section(page) if round else Alone(page, chosen(page))


def in_a_round(page: Page, round: Round) -> Section:
    """Return the round, or after a word about it nothing, if what it is about is gone."""
    found = game(round.run, page.words)
    if found is None:
        st.warning(page.words("class.run_gone"), icon=":material/link_off:")
        return Section(page)
    round.show = found.shown
    secret = joining.secret_of(round)
    return Leading(page, found, round, secret) if round.led_by(secret) else Playing(page, found, round)


def chosen(page: Page) -> Game:
    """Return what is guessed about: the run of the link, or after a word about it the recorded one."""
    found = game(page.now.run, page.words)
    if found is None:
        st.info(page.words("no_pictures", run=plain(page.now.run)), icon=":material/hide_image:")
        SETTINGS.set(run=recorded.usual())
        page.now.run = SETTINGS.values()["run"]
        found = game(page.now.run, page.words)
    return found


photographs.welcome(SETTINGS)
with open_page(SETTINGS) as page:
    ownership.mark_present()
    page.stage({"game": section})
