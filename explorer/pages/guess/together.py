"""A class plays one round: whoever started it leads, everybody else who has the link answers."""

import re
import secrets
import urllib.parse

import numpy as np
import streamlit as st

from explorer import rounds
from explorer.components.guess_board import guess_board
from explorer.components.live_figure import captioned_figure
from explorer.components.remember import remember
from explorer.components.round_poller import round_poller
from explorer.figures.guess import answers_figure, losses_figure
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.guess import EVEN, PICTURES, SETTINGS, Game, game, standing, verdict
from explorer.protocol.routes import ROUNDS
from explorer.rounds import CLOSED, OPEN, REVEALED, Full, Leading, Round
from explorer.shell.numbers import number
from explorer.stage.page import Page

LEADER, PLAYER = "explorer-round-", "explorer-player-"  # cookies, with the round's id
HOURS = 12  # for which a browser is known again
TOKEN = re.compile(r"[\w-]{10,60}", re.ASCII)


def offer(page: Page, found: Game) -> None:
    """Offer to start a round for a class with the pictures of the present game."""
    words, now = page.words, page.now
    if page.shows("class"):
        with st.expander(words("class.offer"), icon=":material/groups:"):
            st.markdown(words("class.how", players=rounds.PLAYERS, hours=int(rounds.IDLE / 3600)))
            samples = rounds.draw(losses.softmax_loss(found.logits, found.labels), PICTURES, now.draw)
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


def show(page: Page, round: Round) -> None:
    """Show the round as whoever leads it sees it, or as a player does."""
    found = game(round.run, page.words)
    if found is None:
        st.warning(page.words("class.run_gone"), icon=":material/link_off:")
        return
    secret = _known(_leader(round.id))
    if round.led_by(secret):
        lead(page, found, round, secret)
    else:
        play(page, found, round)


# --- Whoever leads --------------------------------------------------------------------------------------


def lead(page: Page, found: Game, round: Round, secret: str) -> None:
    """Show the link to join by, the present picture, the answers once they are closed, and the way on."""
    words, at, stage = page.words, round.at, round.stage
    sample = round.pictures[at]
    st.markdown(words("class.join"))
    address = urllib.parse.urlsplit(st.context.url or "")._replace(query=f"round={round.id}")
    st.code(address.geturl(), language=None, wrap_lines=True)
    st.markdown(words("which", at=at + 1, all=len(round.pictures)))
    revealed = (found.network(sample), int(found.labels[sample])) if stage == REVEALED else None
    alt = words("alt", at=at + 1)
    guess_board(SETTINGS, words, found.classes, found.pictures[sample], alt, open=False, revealed=revealed)
    round_poller("guess.watch", words, *_watched(round, at, stage))
    remember(LEADER, round.id, secret, HOURS)
    with st.container(horizontal=True):
        if stage != REVEALED or at + 1 < len(round.pictures):
            st.button(
                words(f"class.after_{stage}"),
                key="guess.on",
                type="primary",
                on_click=go_on,
                args=(round, secret, at, stage),
            )
        st.button(
            words("class.end"),
            key="guess.end",
            icon=":material/stop:",
            on_click=rounds.of_this_server().end,
            args=(round, secret),
        )
    if stage != OPEN:
        everybody(page, found, round, at, revealed is not None)
    if round.seen:
        so_far(page, found, round)


def go_on(round: Round, secret: str, at: int, stage: str) -> None:
    """Go on from where the button was shown: a second click on it goes no further."""
    if (round.at, round.stage) == (at, stage):
        round.go_on(secret)


def everybody(page: Page, found: Game, round: Round, at: int, out: bool) -> None:
    """Show all answers to the picture at the place `at` as a distribution, and once the truth is `out` their cost."""
    words, sample = page.words, round.pictures[at]
    answers, y = round.answers(at), int(found.labels[sample])
    if not len(answers):
        st.info(words("class.nobody"))
        return
    favourite = int(answers.mean(axis=0).argmax())
    told = words(
        "class.answers",
        n=len(answers),
        favourite=found.classes[favourite],
        share=number(answers[:, favourite].mean(), 2),
    )
    captioned_figure(
        answers_figure(
            found.classes,
            answers,
            found.network(sample) if out else None,
            y if out else None,
            (words("class.share"), words("network")),
        ),
        key="guess.answers",
        words=words,
        alt=told,
        subject=f"{round.id} {at}",
        height=460,
    )
    if not out:
        return
    scores, its = found.score(sample, answers), found.network_loss(sample)
    told = words(
        "class.losses",
        y=found.classes[y],
        median=number(np.median(scores)),
        network=number(its),
        cheaper=int(exceeds(its, scores).sum()),
        endless=int(np.isinf(scores).sum()),
        n=len(scores),
    )
    captioned_figure(
        losses_figure(scores, its, (words("loss"), words("class.people"), words("network"))),
        key="guess.losses",
        words=words,
        alt=told,
        subject=f"{round.id} {at}",
        height=320,
    )


def so_far(page: Page, found: Game, round: Round) -> None:
    """Show what the pictures so far cost: the mean over the class, and with one answer for all, its mean answer."""
    words = page.words
    rows = []
    for at in range(round.seen):
        answers, sample = round.answers(at), round.pictures[at]
        if len(answers):
            together = found.score(sample, answers.mean(axis=0))
            rows.append((found.score(sample, answers).mean(), together, found.network_loss(sample)))
    if rows:
        mean, together, its = np.mean(rows, axis=0)
        st.markdown(
            words("class.so_far", n=len(rows), mean=number(mean), together=number(together), network=number(its))
        )


# --- Everybody else -------------------------------------------------------------------------------------


def play(page: Page, found: Game, round: Round) -> None:
    """Show the present picture, to be answered, and what the answer cost once that is revealed."""
    words, at, stage = page.words, round.at, round.stage
    sample, player = round.pictures[at], _player(round.id)
    try:
        round.join(player)
    except Full:
        st.warning(words("class.full", players=rounds.PLAYERS), icon=":material/group_off:")
        return
    if st.session_state.get("guess.asked") not in (None, (round.id, at)):
        SETTINGS.set(q=EVEN)
    st.session_state["guess.asked"] = (round.id, at)
    given = round.answers_of(player)
    mine = given.get(at)
    st.markdown(words("which", at=at + 1, all=len(round.pictures)))
    if stage == OPEN:
        guess_board(SETTINGS, words, found.classes, found.pictures[sample], words("alt", at=at + 1))
        st.button(
            words("class.change" if mine else "answer"),
            key="guess.answer",
            type="secondary" if mine else "primary",
            on_click=answer,
            args=(round, player, at),
            width="stretch",
        )
        if mine:
            st.success(words("class.given"), icon=":material/check:")
    else:
        seen = (found.network(sample), int(found.labels[sample])) if stage == REVEALED else None
        alt = words("alt", at=at + 1)
        guess_board(SETTINGS, words, found.classes, found.pictures[sample], alt, False, mine, seen)
        if not mine:
            st.info(words("class.missed"))
        if stage == CLOSED:
            st.info(words("class.closed"), icon=":material/lock:")
        elif mine:
            st.markdown(verdict(words, found, sample, mine))
    round_poller("guess.watch", words, *_watched(round, at, stage))
    remember(PLAYER, round.id, player, HOURS)
    standing(page, found, round.pictures, {place: q for place, q in given.items() if place < round.seen})


def answer(round: Round, player: str, at: int) -> None:
    """Take what the faders say as the player's answer, unless the round has gone on."""
    round.answer(player, at, SETTINGS.values()["q"])


# --- Who is who -----------------------------------------------------------------------------------------


def _watched(round: Round, at: int, stage: str) -> tuple[str, str]:
    """Return where it is said how the round stands, and how the page shows it, which may be the past already."""
    return f"{ROUNDS}/{round.id}", f"{at}-{stage}"


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


def _player(id: str) -> str:
    """Return by what this visitor is known in a round; a random name at the first visit."""
    name = _token(id)
    found = _known(name) or secrets.token_urlsafe(12)
    _remember(name, found)
    return found
