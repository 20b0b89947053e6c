"""A player of a round: the present image, to be answered, and what the answer cost once that is revealed."""

import streamlit as st

from explorer import rounds
from explorer.components.board_figure import board_figure
from explorer.components.guess_board import BOARD, guess_board
from explorer.pages.guess import EVEN, SETTINGS, Game, has_scores, scores, standing, together, verdict
from explorer.rounds import CLOSED, OPEN, REVEALED, Full, Round
from explorer.stage.section import Section


class Playing(Section):
    """The round as everybody else sees it who has the link; who comes when it is full is told so."""

    def __init__(self, page, found: Game, round: Round):
        super().__init__(page)
        self.game, self.round = found, round
        # As they are now: what is drawn later is as it is then.
        self.at, self.phase = round.at, round.phase
        self.sample, self.player = round.images[self.at], together.player_of(round)
        try:
            round.join(self.player)
        except Full:
            st.warning(self.words("class.full", players=rounds.PLAYERS), icon=":material/group_off:")
            self.is_full = True
            return
        self.is_full = False
        if st.session_state.get("guess.asked") not in (None, (round.id, self.at)):
            SETTINGS.set(q=EVEN)
        st.session_state["guess.asked"] = (round.id, self.at)
        given = round.answers_of(self.player)
        self.mine = given.get(self.at)
        self.past = {place: q for place, q in given.items() if place < round.seen}

    def controls(self):
        if self.is_full:
            return
        words, game, phase = self.words, self.game, self.phase
        seen = (game.network(self.sample), int(game.labels[self.sample])) if phase == REVEALED else None
        alt, image = words("alt", at=self.at + 1), game.images[self.sample]
        answer = None if phase == OPEN else self.mine
        low = has_scores(self.past)
        guess_board(SETTINGS, words, game.classes, image, alt, phase == OPEN, answer, seen, low=low)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if phase == OPEN:
                st.button(
                    words("class.change" if self.mine else "answer"),
                    key="guess.answer",
                    type="secondary" if self.mine else "primary",
                    on_click=give,
                    args=(self.round, self.player, self.at),
                )
            st.markdown(words("which", at=self.at + 1, all=len(self.round.images)))
        if phase == OPEN:
            if self.mine:
                st.success(words("class.given"), icon=":material/check:")
        elif not self.mine:
            st.info(words("class.missed"))
        if phase == CLOSED:
            st.info(words("class.closed"), icon=":material/lock:")
        elif phase == REVEALED and self.mine:
            st.markdown(verdict(words, game, self.sample, self.mine))
        together.watch(self.page, self.round, self.at, phase)
        together.remember_player(self.round, self.player)
        if self.past:
            st.markdown(standing(words, game, self.round.images, self.past))

    def figure(self):
        if not self.is_full:
            board_figure(BOARD)
            scores(self.words, self.game, self.round.images, self.past)


def give(round: Round, player: str, at: int) -> None:
    """Take what the sliders say as the player's answer, unless the round has gone on."""
    round.answer(player, at, SETTINGS.values()["q"])
