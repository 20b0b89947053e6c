"""Whoever leads a round: the link, the present image, the answers once they are closed, and the way on."""

import numpy as np
import streamlit as st

from explorer import classroom
from explorer.classroom.gathering import OPEN, REVEALED
from explorer.classroom.rounds import Round
from explorer.components.guess_board import guess_board
from explorer.components.live_figure import live_figure
from explorer.figures.guess import answers_figure, losses_figure
from explorer.maths.comparison import exceeds
from explorer.pages.guess import SETTINGS, Game, together
from explorer.shell.numbers import number
from explorer.stage import joining
from explorer.stage.section import Section


class Leading(Section):
    """The round as whoever leads it sees it, and shows it to the class."""

    def __init__(self, page, found: Game, round: Round, secret: str):
        super().__init__(page)
        self.game, self.round, self.secret = found, round, secret
        # As they are now: what is drawn later is as it is then.
        self.at, self.phase = round.at, round.phase
        self.sample = round.images[self.at]
        self.given = round.answers(self.at)

    def controls(self):
        words, round, game = self.words, self.round, self.game
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if self.phase != REVEALED or self.at + 1 < len(round.images):
                st.button(
                    words(f"class.after_{self.phase}"),
                    key="guess.on",
                    type="primary",
                    on_click=go_on,
                    args=(round, self.secret, self.at, self.phase),
                )
            st.markdown(words("which", at=self.at + 1, all=len(round.images)))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            self.manage()
            with st.container(key="screen-plans", width="content"):
                st.markdown(words("class.plans"))
            with st.popover(words("class.end"), icon=":material/stop:", type="tertiary"):
                st.markdown(words("class.end_what"))
                st.button(
                    words("class.end_now"),
                    key="guess.end",
                    type="primary",
                    on_click=classroom.of_this_server().end,
                    args=(round, self.secret),
                )
        if self.phase != OPEN:
            together.watch(self.page, round, self.at, self.phase)
        revealed = (game.network(self.sample), int(game.labels[self.sample])) if self.phase == REVEALED else None
        guess_board(
            SETTINGS,
            words,
            game.classes,
            game.images[self.sample],
            words("alt", at=self.at + 1),
            open=False,
            revealed=revealed,
            beside=False,
        )
        self.told()
        joining.remember_leader(round)

    def join(self) -> None:
        """Show how others join, and how many have answered."""

        def count() -> None:
            together.watch(self.page, self.round, self.at, self.phase)

        joining.poster("guess", self.words, self.round, together.link(self.round), count)

    def manage(self) -> None:
        """Let the leader lock the round, remove a player, take all places back, and lead from another machine."""
        words, round = self.words, self.round
        place = st.popover(
            words("class.players"), icon=":material/group:", type="tertiary", key="guess.players", on_change="rerun"
        )
        if not place.open:
            return
        with place:
            st.toggle(
                words("class.lock"),
                value=round.locked,
                key=f"guess.lock.{round.id}",
                on_change=lock,
                args=(round, self.secret),
            )
            players = round.players()
            names = {player: words("class.player", name=player[:4].upper(), n=n) for player, n in players.items()}
            chosen = st.selectbox(
                words("class.remove_whom"),
                ["", *players],
                format_func=lambda player: names.get(player, "–"),
                key="guess.whom",
            )
            with st.container(horizontal=True):
                st.button(
                    words("class.remove"),
                    key="guess.remove",
                    disabled=not chosen,
                    on_click=round.remove,
                    args=(self.secret, chosen),
                )
                st.button(words("class.empty"), key="guess.empty", on_click=round.empty, args=(self.secret,))
            st.caption(words("join.lead_elsewhere"))
            st.code(together.link(round, **{joining.LEAD: self.secret})[0], language=None, wrap_lines=True)

    def told(self) -> None:
        """Say what was answered, once that is closed, and what it cost, once the truth is out."""
        if self.phase != OPEN and len(self.given):
            st.caption(self.said_of_answers())
            if self.phase == REVEALED:
                st.caption(self.said_of_losses())
        if self.round.seen:
            self.so_far()

    def figure(self):
        if self.phase == OPEN:
            self.join()
        elif not len(self.given):
            st.info(self.words("class.nobody"))
        else:
            self.everybody()

    def everybody(self) -> None:
        """Show all answers to the present image as a distribution, and once the truth is out what they cost."""
        words, game, answers = self.words, self.game, self.given
        out, y = self.phase == REVEALED, int(game.labels[self.sample])
        subject = f"{self.round.id} {self.at}"
        live_figure(
            answers_figure(
                game.classes,
                answers,
                game.network(self.sample) if out else None,
                y if out else None,
                (words("class.share"), words("network")),
            ),
            key="guess.answers",
            words=words,
            alt=self.said_of_answers(),
            subject=subject,
        )
        if not out:
            return
        scores, its = game.score(self.sample, answers), game.network_loss(self.sample)
        with st.container(key="stage-minor-losses"):
            live_figure(
                losses_figure(scores, its, (words("loss"), words("class.people"), words("network"))),
                key="guess.losses",
                words=words,
                alt=self.said_of_losses(),
                subject=subject,
            )

    def said_of_answers(self) -> str:
        """Return in words what most was given to."""
        mean = self.given.mean(axis=0)
        favourite = int(mean.argmax())
        name, share = self.game.classes[favourite], number(mean[favourite], 2)
        return self.words("class.answers", n=len(self.given), favourite=name, share=share)

    def said_of_losses(self) -> str:
        """Return in words what was true, and what the answers cost."""
        scores, its = self.game.score(self.sample, self.given), self.game.network_loss(self.sample)
        return self.words(
            "class.losses",
            y=self.game.classes[self.game.labels[self.sample]],
            median=number(np.median(scores)),
            network=number(its),
            cheaper=int(exceeds(its, scores).sum()),
            endless=int(np.isinf(scores).sum()),
            n=len(scores),
        )

    def so_far(self) -> None:
        """Say what the images so far cost: the mean over the class, and with one answer for all, its mean answer."""
        game, rows = self.game, []
        for at in range(self.round.seen):
            answers, sample = self.round.answers(at), self.round.images[at]
            if len(answers):
                together = game.score(sample, answers.mean(axis=0))
                rows.append((game.score(sample, answers).mean(), together, game.network_loss(sample)))
        if rows:
            mean, together, its = map(number, np.mean(rows, axis=0))
            st.markdown(self.words("class.so_far", n=len(rows), mean=mean, together=together, network=its))


def lock(round: Round, secret: str) -> None:
    round.lock(secret, st.session_state[f"guess.lock.{round.id}"])


def go_on(round: Round, secret: str, at: int, phase: str) -> None:
    """Go on from where the button was shown: a second click on it goes no further."""
    if (round.at, round.phase) == (at, phase):
        round.go_on(secret)
