"""A player of a round: the board goes on with it by itself, from where it is when the page is drawn."""

import contextlib
import functools

import streamlit as st

from explorer.classroom.gathering import OPEN, PLAYERS, REVEALED, Full
from explorer.classroom.rounds import Round
from explorer.components.board_figure import board_figure
from explorer.components.guess_board import BOARD, guess_board
from explorer.pages.guess import SETTINGS, Game, together
from explorer.shell.kinds import NOT_ALLOWED
from explorer.stage import joining
from explorer.stage.section import Section


class Playing(Section):
    """The round as everybody else sees it who has the link; who comes when it is full is told so."""

    def __init__(self, page, found: Game, round: Round):
        super().__init__(page)
        self.game, self.round = found, round
        # As they are now: what is drawn later is as it is then.
        self.at, self.phase = round.at, round.phase
        self.player = joining.player_of(round)
        try:
            round.join(self.player)
        except Full as full:
            st.warning(self.words(f"join.{full.code}", players=PLAYERS), icon=":material/group_off:")
            self.is_out = True
            return
        self.is_out = False

    def controls(self):
        if self.is_out:
            return
        game, round, sample = self.game, self.round, self.round.images[self.at]
        given, revealed = round.answers_of(self.player), self.phase == REVEALED
        before = {at: q for at, q in given.items() if at < self.at}
        guess_board(
            SETTINGS,
            self.words,
            game.classes,
            game.images[sample],
            self.words("alt", at=self.at + 1),
            self.phase == OPEN,
            given.get(self.at),
            (game.network(sample), int(game.labels[sample])) if revealed else None,
            round={
                "route": joining.route(round),
                "player": self.player,
                "place": f"{self.at}-{self.phase}",
                "images": len(round.images),
                "given": list(given.items()),
                "past": [
                    (at, float(game.score(round.images[at], q)), game.network_loss(round.images[at]))
                    for at, q in before.items()
                ],
                "loss": game.network_loss(sample) if revealed else None,
            },
            on_answer_change=functools.partial(give, round, self.player),
        )
        together.watch(self.page, round, self.at, self.phase, self.player)
        joining.remember_player(round)

    def figure(self):
        if not self.is_out:
            board_figure(BOARD)


def give(round: Round, player: str) -> None:
    """Take the player's answer on a host where browsers cannot post it."""
    told = st.session_state[BOARD].get("answer")
    if isinstance(told, dict):
        with contextlib.suppress(Full, *NOT_ALLOWED):
            round.answer(player, told["at"], told["answer"])
