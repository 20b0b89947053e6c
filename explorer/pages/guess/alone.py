"""One visitor plays against the network: ten images, one after the other."""

import functools

import numpy as np
import streamlit as st

from explorer import rounds
from explorer.components.board_figure import board_figure
from explorer.components.guess_board import BOARD, guess_board
from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.pages.guess import EVEN, IMAGES, SETTINGS, Game, has_scores, scores, standing, together, verdict
from explorer.stage.section import Section

CODE = """import numpy as np

q = np.array({q})  # what you answered
f = np.array({f})  # the network's logits
y = {y}  # {name}

p = np.exp(f - f.max())
p = p / p.sum()
print(-np.log(q[y]), -np.log(p[y]))
"""


class Alone(Section):
    """The present image, to be answered or with the truth, and the scores so far."""

    def __init__(self, page, found: Game):
        super().__init__(page)
        now = self.now
        self.game = found
        self.samples = rounds.draw(losses.softmax_loss(found.logits, found.labels), IMAGES, now.draw)
        self.given = answers(now.run, now.draw)
        self.at = now.at - 1
        self.sample = self.samples[self.at]
        self.answered = self.at in self.given
        self.answers = {name: functools.partial(self.play, name) for name in ("even", "cheaper", "endless")}

    def controls(self):
        words, game = self.words, self.game
        if self.page.shows("game"):
            alt, seen = words("alt", at=self.now.at), None
            if self.answered:
                alt = verdict(words, game, self.sample, self.given[self.at])
                seen = (game.network(self.sample), int(game.labels[self.sample]))
            image, answer = game.images[self.sample], self.given.get(self.at)
            low = has_scores(self.given)
            guess_board(SETTINGS, words, game.classes, image, alt, not self.answered, answer, seen, low=low)
            if self.answered:
                st.markdown(alt)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if self.answered:
                    self.onward()
                else:
                    st.button(
                        words("answer"),
                        key="guess.answer",
                        type="primary",
                        on_click=give,
                        args=(self.now.run, self.now.draw, self.at),
                    )
                st.markdown(words("which", at=self.now.at, all=IMAGES))
            if self.given:
                st.markdown(standing(words, game, self.samples, self.given))
        together.offer(self.page, game)

    def onward(self) -> None:
        """Show the way to the next image, or after the last one to another game."""
        now, last = self.now, self.now.at == IMAGES
        to = {"draw": now.draw + 1, "at": 1} if last else {"at": now.at + 1}
        st.button(
            self.words("again" if last else "next"),
            key="guess.next",
            type="primary",
            icon=":material/arrow_forward:",
            on_click=SETTINGS.set,
            kwargs=to | {"q": EVEN},
        )

    def figure(self):
        if self.page.shows("game"):
            board_figure(BOARD)
            scores(self.words, self.game, self.samples, self.given)

    def found(self):
        score = {at: float(self.game.score(self.samples[at], answer)) for at, answer in self.given.items()}
        its = {at: self.game.network_loss(self.samples[at]) for at in score}
        return {
            "even": any(max(answer) - min(answer) < 1e-9 for answer in self.given.values()),
            "cheaper": any(exceeds(its[at], score[at]) for at in score),
            "endless": any(np.isinf(loss) for loss in score.values()),
        }

    def play(self, question: str) -> dict:
        """Give an answer that answers a question, if there is an image left to one of them, and return where."""
        open_places = [at for at in range(IMAGES) if at not in self.given] or [self.at]
        at = self.at if self.at in open_places else open_places[0]
        if question == "cheaper":
            at = max(open_places, key=lambda place: self.game.network_loss(self.samples[place]))
        label = int(self.game.labels[self.samples[at]])
        mixed = np.full(10, 0.01)
        mixed[label] = 0.91
        played = {"even": EVEN, "cheaper": tuple(mixed.tolist()), "endless": tuple(np.eye(10)[label - 1].tolist())}
        self.given[at] = played[question]
        return {"at": at + 1}

    def code(self):
        if not self.answered:
            return ""
        logits = np.round(self.game.logits[self.sample], 4).tolist()
        y = int(self.game.labels[self.sample])
        return CODE.format(q=list(self.given[self.at]), f=logits, y=y, name=self.game.classes[y])


def answers(run: str, draw: int) -> dict[int, tuple[float, ...]]:
    """Return what this visitor has answered in a game, by the place of the image."""
    return st.session_state.setdefault("guess.given", {}).setdefault((run, draw), {})


def give(run: str, draw: int, at: int) -> None:
    """Take what the sliders say as the answer."""
    answers(run, draw)[at] = SETTINGS.values()["q"]
