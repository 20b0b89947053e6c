"""A class votes on a situation that the leader of a lecture has opened: it sees the votes, talks, and votes again."""

import collections
import contextlib
import functools
from collections.abc import Callable

import numpy as np
import streamlit as st

from explorer.classroom.gathering import CLOSED, OPEN, REVEALED, Full
from explorer.classroom.lectures import Lecture
from explorer.predictions.kinds import Answer, Situation
from explorer.shell.texts import Words
from explorer.stage import joining, lecture


class Vote:
    """The vote on the situation with this name, as one visitor sees it."""

    def __init__(self, found: Lecture, name: str, situation: Situation, words: Words):
        self.lecture, self.name, self.situation, self.words = found, name, situation, words
        self.leads = lecture.led(found)
        vote = found.stage["vote"]
        self.turn, self.phase = vote["turn"], vote["phase"]

    @functools.cached_property
    def votes(self) -> list[Answer]:
        """The votes of this turn."""
        return self._votes(self.turn)

    def _votes(self, turn: int) -> list[Answer]:
        """Return the votes of a turn that are answers to the question."""
        found = []
        for given in self.lecture.votes(turn):
            with contextlib.suppress(ValueError):
                found.append(self.situation.check(given))
        return found

    @property
    def is_open(self) -> bool:
        """Whether this visitor can vote now."""
        return self.phase == OPEN and not self.leads

    @property
    def uncovered(self) -> bool:
        """Whether what is right is shown."""
        return self.phase == REVEALED

    @property
    def others(self) -> list[Answer]:
        """The votes that are drawn: none while somebody still votes."""
        return [] if self.phase == OPEN else self.votes

    @property
    def answer(self) -> Answer | None:
        """What is drawn as the answer: the visitor's vote, or for the leader that of the class, if there is one."""
        if not self.leads:
            given = self.lecture.vote_of(joining.player_of(self.lecture))
            return tuple(given) if given else None
        if not self.others:
            return self.situation.start()
        if self.situation.kind == "choice":
            return collections.Counter(self.votes).most_common(1)[0][0]
        return tuple(np.mean(self.votes, axis=0).tolist())

    def give(self, answer: Answer) -> None:
        """Take the visitor's vote."""
        with contextlib.suppress(Full):
            self.lecture.answer(joining.player_of(self.lecture), self.name, list(answer))

    def lead(self, explain: Callable[[Answer], str]) -> None:
        """Show the leader what the class has voted, and the ways on; explain(answer) says what speaks against one."""
        if self.phase == OPEN:
            st.markdown(self.words("vote.open" if self.turn == 1 else "vote.open_again"))
            self._button("close", self.turn, CLOSED)
        elif self.phase == CLOSED:
            st.markdown(self.words("vote.seen", n=len(self.votes)))
            with st.container(horizontal=True, gap="small"):
                if self.turn == 1:
                    self._button("again", 2, OPEN, "secondary")
                self._button("uncover", self.turn, REVEALED)
        else:
            self._results(explain)

    def _button(self, name: str, turn: int, phase: str, type: str = "primary") -> None:
        st.button(
            self.words(f"vote.{name}"),
            key=f"vote.{name}",
            type=type,
            on_click=self.lecture.set_vote,
            args=(joining.secret_of(self.lecture), turn, phase),
        )

    def _results(self, explain: Callable[[Answer], str]) -> None:
        """Say how many were right, in both turns if there were two, and what speaks against the commonest mistake."""
        outcomes = [self.situation.checked(vote) for vote in self.votes]
        right = outcomes.count("right")
        said = [self.words("vote.right", right=right, n=len(outcomes))]
        if self.turn == 2:
            before = [self.situation.checked(vote) for vote in self._votes(1)]
            said.append(self.words("vote.before", right=before.count("right"), n=len(before)))
        with st.container(key="live-vote", gap="small"):
            st.success(explain(self.situation.truth()), icon=":material/check_circle:")
            st.markdown(self.words.sentences(*said))
            wrong = collections.Counter(outcome for outcome in outcomes if outcome != "right").most_common(1)
            for outcome, count in wrong:
                st.info(explain(self.votes[outcomes.index(outcome)]), icon=":material/lightbulb:")
                st.caption(self.words("vote.mistake", count=count, n=len(outcomes)))

    def follow(self, answer: Answer | None, has_voted: bool) -> None:
        """Show somebody who votes how to, and what has become of it."""
        if self.phase != OPEN:
            st.markdown(self.words("vote.talk"))
            return
        st.markdown(self.words("vote.first" if self.turn == 1 else "vote.once_more"))
        st.button(
            self.words("vote.change" if has_voted else "vote.give"),
            key="vote.give",
            type="secondary" if has_voted else "primary",
            disabled=answer is None,
            on_click=self.give,
            args=(answer,),
        )
        if has_voted:
            st.success(self.words("vote.given"), icon=":material/check:")


def voted_on(name: str, situation: Situation, words: Words) -> Vote | None:
    """Return the vote of a class on the situation, if it is in a lecture that this visitor leads or follows."""
    found = lecture.attended()
    if found is None or found.stage["vote"]["asked"] != name:
        return None
    return Vote(found, name, situation, words)
