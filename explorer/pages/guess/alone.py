"""One visitor plays against the network: ten images, one after the other."""

import functools

import numpy as np
import streamlit as st

from explorer.components.board_figure import board_figure
from explorer.components.guess_board import BOARD, guess_board
from explorer.maths.comparison import exceeds
from explorer.pages.guess import EVEN, SETTINGS, Game, game, has_scores, scores, standing, together, verdict
from explorer.pages.shared import photographs, run_choice
from explorer.stage.section import Section

ROUNDED = 1.5e-4  # shares of an even answer differ by less, through rounding: 0.3334, 0.3333, 0.3333

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
        self.samples = found.draw(now.draw)
        self.given = answers(now.run, now.draw)
        if len(now.q) != len(found.classes):
            SETTINGS.set(q=found.even)
            now.q = found.even
        if now.at > len(self.samples):
            SETTINGS.set(at=1)
            now.at = 1
        self.at = now.at - 1
        self.sample = self.samples[self.at]
        self.answered = self.at in self.given
        self.answers = {name: functools.partial(self.play, name) for name in ("even", "cheaper", "endless")}

    def common(self):
        if self.page.shows("game"):
            run_choice.show(self.page, lambda run: game(run, self.words), lambda: SETTINGS.set(at=1, q=EVEN))

    def controls(self):
        words, found = self.words, self.game
        if self.page.shows("game"):
            alt, seen = words("alt", at=self.now.at), None
            if self.answered:
                alt = verdict(words, found, self.sample, self.given[self.at])
                seen = (found.network(self.sample), int(found.labels[self.sample]))
            image, answer = found.images[self.sample], self.given.get(self.at)
            low = has_scores(self.given)
            guess_board(SETTINGS, words, found.classes, image, alt, not self.answered, answer, seen, low=low)
            if self.answered:
                st.markdown(alt)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if self.answered:
                    self.onward()
                else:
                    # No callback: that might come before the one which takes the sliders' last move.
                    if st.button(words("answer"), key="guess.answer", type="primary"):
                        self.given[self.at] = self.now.q
                        st.rerun()
                st.markdown(words("which", at=self.now.at, all=len(self.samples)))
            if self.given:
                st.markdown(standing(words, found, self.samples, self.given))
            if not found.own:
                photographs.offer(self.page)
        together.offer(self.page, found, self.samples)

    def onward(self) -> None:
        """Show the way to the next image, or after the last one to another game."""
        now, last = self.now, self.now.at == len(self.samples)
        to = {"draw": now.draw + 1, "at": 1} if last else {"at": now.at + 1}
        st.button(
            self.words("again" if last else "next"),
            key="guess.next",
            type="primary",
            icon=":material/arrow_forward:",
            on_click=SETTINGS.set,
            kwargs=to | {"q": self.game.even},
        )

    def figure(self):
        if self.page.shows("game"):
            board_figure(BOARD)
            scores(self.words, self.game, self.samples, self.given)

    def found(self):
        score = {at: float(self.game.score(self.samples[at], answer)) for at, answer in self.given.items()}
        its = {at: self.game.network_loss(self.samples[at]) for at in score}
        return {
            "even": any(max(answer) - min(answer) <= ROUNDED for answer in self.given.values()),
            "cheaper": any(exceeds(its[at], score[at]) for at in score),
            "endless": any(np.isinf(loss) for loss in score.values()),
        }

    def play(self, question: str) -> dict:
        """Give an answer that answers a question, if there is an image left to one of them, and return where."""
        open_places = [at for at in range(len(self.samples)) if at not in self.given] or [self.at]
        at = self.at if self.at in open_places else open_places[0]
        if question == "cheaper":
            at = max(open_places, key=lambda place: self.game.network_loss(self.samples[place]))
        label = int(self.game.labels[self.samples[at]])
        classes = len(self.game.classes)
        mixed, wrong = np.full(classes, 0.01), np.eye(classes)[label - 1]
        mixed[label] = 1.01 - 0.01 * classes
        played = {"even": self.game.even, "cheaper": tuple(mixed.tolist()), "endless": tuple(wrong.tolist())}
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
