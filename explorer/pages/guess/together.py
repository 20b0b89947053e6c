"""A class plays one round: how it is started and found, and what its players' pages are told."""

import functools

import streamlit as st

from explorer import classroom
from explorer.classroom.gathering import PLAYERS
from explorer.classroom.registry import IDLE
from explorer.classroom.rounds import Round
from explorer.components.round_poller import round_poller
from explorer.pages.guess import SETTINGS, Game
from explorer.stage import joining, lecture
from explorer.stage.page import Page


def offer(page: Page, found: Game, samples: list[int]) -> None:
    """Offer to start a round for a class with the images of the present game, the `samples`."""
    words, now = page.words, page.now
    if page.shows("class"):
        with st.expander(words("class.offer"), icon=":material/groups:"):
            lecture.join_by_code(words, "guess")
            st.markdown(words("class.how", players=PLAYERS, hours=round(IDLE / 3600)))
            st.markdown(words("class.plans"))
            st.button(
                words("class.start"),
                key="guess.start",
                icon=":material/groups:",
                on_click=start,
                args=(now.run, samples, len(found.classes)),
            )
            joining.tell_refusal(words)


def start(run: str, samples: list[int], classes: int) -> None:
    """Start a round, and lead it."""
    if round := joining.start(functools.partial(classroom.of_this_server().start_round, run, samples, classes=classes)):
        SETTINGS.set(round=round.id)


def opened(page: Page) -> Round | None:
    """Return the round that the link names, or None after a word about one that is not there."""
    if not page.now.round:
        return None
    found = classroom.of_this_server().find(page.now.round)
    if not isinstance(found, Round):
        st.info(page.words("class.over"), icon=":material/sports_score:")
        if joining.known(joining.PLAYER, page.now.round):  # whoever played may have scrolled past the notice
            st.toast(page.words("class.over"), icon=":material/sports_score:", duration="long")
        SETTINGS.set(round="")
        return None
    return found


def watch(page: Page, round: Round, at: int, phase: str, player: str = "") -> None:
    """Show how many have answered; once the round is elsewhere than at the place and phase shown, the page is rerun.

    player: who looks, and keeps their place by that, and whose board shows at once what is new; "" for the leader.
    """
    round_poller("guess.watch", page.words, joining.route(round), f"{at}-{phase}", player)


def link(round: Round, **more: str) -> tuple[str, bool]:
    """Return the round's link, and whether other machines can open it."""
    return joining.link("guess", round=round.id, **more)
