"""A class plays one round: how it is started and found, and who is who in it."""

import re
import secrets

import streamlit as st

from explorer import rounds
from explorer.components.remember import remember
from explorer.components.round_poller import round_poller
from explorer.maths import losses
from explorer.pages.guess import IMAGES, SETTINGS, Game
from explorer.protocol.routes import ROUNDS
from explorer.rounds import Full, Leading, Round
from explorer.stage.page import Page

LEADER, PLAYER = "explorer-round-", "explorer-player-"  # cookies, with the round's id
HOURS = 12  # for which a browser is known again
TOKEN = re.compile(r"[\w-]{10,60}", re.ASCII)


def offer(page: Page, found: Game) -> None:
    """Offer to start a round for a class with the images of the present game."""
    words, now = page.words, page.now
    if page.shows("class"):
        with st.expander(words("class.offer"), icon=":material/groups:"):
            st.markdown(words("class.how", players=rounds.PLAYERS, hours=int(rounds.IDLE / 3600)))
            samples = rounds.draw(losses.softmax_loss(found.logits, found.labels), IMAGES, now.draw)
            st.button(
                words("class.start"),
                key="guess.start",
                icon=":material/groups:",
                on_click=start,
                args=(now.run, samples),
            )
            if refusal := st.session_state.pop("guess.refusal", None):
                st.error(words(f"class.{refusal}", led=rounds.LED), icon=":material/error:")


def start(run: str, samples: list[int]) -> None:
    """Start a round, and lead it."""
    leader = st.session_state.setdefault("guess.leader", secrets.token_urlsafe(12))
    try:
        round, secret = rounds.of_this_server().start(run, samples, leader)
    except Full as full:
        st.session_state["guess.refusal"] = "no_more_of_yours" if isinstance(full, Leading) else "no_more_rounds"
        return
    _remember(_leader(round.id), secret)
    SETTINGS.set(round=round.id)


def opened(page: Page) -> Round | None:
    """Return the round that the link names, or None after a word about one that is not there."""
    if not page.now.round:
        return None
    found = rounds.of_this_server().find(page.now.round)
    if found is None:
        st.info(page.words("class.over"), icon=":material/sports_score:")
        if _known(_token(page.now.round)):  # whoever played may have scrolled past the notice
            st.toast(page.words("class.over"), icon=":material/sports_score:", duration="long")
        SETTINGS.set(round="")
    return found


def watch(page: Page, round: Round, at: int, phase: str) -> None:
    """Show how many have answered; once the round is elsewhere than at the place and phase shown, the page is rerun."""
    round_poller("guess.watch", page.words, f"{ROUNDS}/{round.id}", f"{at}-{phase}")


def secret_of(round: Round) -> str:
    """Return by what this visitor leads the round, "" if that is not known."""
    return _known(_leader(round.id))


def remember_leader(round: Round, secret: str) -> None:
    remember(LEADER, round.id, secret, HOURS)


def remember_player(round: Round, player: str) -> None:
    remember(PLAYER, round.id, player, HOURS)


def _leader(id: str) -> str:
    return f"{LEADER}{id}"


def _token(id: str) -> str:
    return f"{PLAYER}{id}"


def _known(name: str) -> str:
    """Return what this session, or the browser's cookie, holds under a name, or ""."""
    found = st.session_state.get("guess.known", {}).get(name) or st.context.cookies.get(name, "")
    return found if TOKEN.fullmatch(found) else ""


def _remember(name: str, value: str) -> None:
    st.session_state["guess.known"] = st.session_state.get("guess.known", {}) | {name: value}


def player_of(round: Round) -> str:
    """Return by what this visitor is known in a round; a random name at the first visit."""
    name = _token(round.id)
    found = _known(name) or secrets.token_urlsafe(12)
    _remember(name, found)
    return found
