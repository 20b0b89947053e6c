"""One visitor plays against the network: ten pictures, one after the other."""

import numpy as np
import streamlit as st

from explorer import rounds
from explorer.components.guess_board import guess_board
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.guess import EVEN, PICTURES, SETTINGS, Game, standing, verdict
from explorer.stage.page import Page

CODE = """import numpy as np

q = np.array({q})  # what you answered
f = np.array({f})  # the network's logits
y = {y}  # {name}

p = np.exp(f - f.max())
p = p / p.sum()
print(-np.log(q[y]), -np.log(p[y]))
"""


def show(page: Page, found: Game) -> None:
    """Show the present picture, to be answered or with the truth, and the scores so far."""
    now, words = page.now, page.words
    samples = rounds.draw(losses.softmax_loss(found.logits, found.labels), PICTURES, now.draw)
    given = answers(now.run, now.draw)
    at = now.at - 1
    sample = samples[at]
    st.markdown(words("which", at=now.at, all=PICTURES))
    if at in given:
        told = verdict(words, found, sample, given[at])
        seen = (found.network(sample), int(found.labels[sample]))
        guess_board(SETTINGS, words, found.classes, found.pictures[sample], told, False, given[at], seen)
        st.markdown(told)
        onward(page)
    else:
        guess_board(SETTINGS, words, found.classes, found.pictures[sample], words("alt", at=now.at))
        st.button(
            words("answer"),
            key="guess.answer",
            type="primary",
            on_click=give,
            args=(now.run, now.draw, at),
            width="stretch",
        )
    standing(page, found, samples, given)
    page.questions(questions(found, samples, given))
    if at in given:
        logits = np.round(found.logits[sample], 4).tolist()
        y = int(found.labels[sample])
        page.code(CODE.format(q=list(given[at]), f=logits, y=y, name=found.classes[y]))


def answers(run: str, draw: int) -> dict[int, tuple[float, ...]]:
    """Return what this visitor has answered in a game, by the place of the picture."""
    return st.session_state.setdefault("guess.given", {}).setdefault((run, draw), {})


def give(run: str, draw: int, at: int) -> None:
    """Take what the faders say as the answer."""
    answers(run, draw)[at] = SETTINGS.values()["q"]


def onward(page: Page) -> None:
    """Show the way to the next picture, or after the last one to another game."""
    words, now = page.words, page.now
    last = now.at == PICTURES
    to = {"draw": now.draw + 1, "at": 1} if last else {"at": now.at + 1}
    st.button(
        words("again" if last else "next"),
        key="guess.next",
        type="primary",
        icon=":material/arrow_forward:",
        on_click=SETTINGS.set,
        kwargs=to | {"q": EVEN},
        width="stretch",
    )


def questions(found: Game, samples: list[int], given: dict[int, tuple[float, ...]]) -> dict[str, bool]:
    """Say which questions the answers so far have found out."""
    scores = {at: float(found.score(samples[at], answer)) for at, answer in given.items()}
    return {
        "even": any(max(answer) - min(answer) < 1e-9 for answer in given.values()),
        "cheaper": any(exceeds(found.network_loss(samples[at]), score) for at, score in scores.items()),
        "endless": any(np.isinf(score) for score in scores.values()),
    }
