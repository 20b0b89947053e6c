"""A lecture: whoever leads it shows a page with its settings, and the pages of all who follow show the same.

Where the page asks for a prediction, the class votes: first `OPEN`, then `CLOSED`, when all votes are seen and talked
about, and either once more `OPEN`, in a second turn, or `REVEALED`.
"""

import json
import math
import re

from explorer.classroom.gathering import OPEN, PHASES, Gathering

NO_VOTE = {"asked": "", "turn": 1, "phase": OPEN}
# Of a lecture that begins; "since": when its step began.
STAGE = {"page": "", "query": {}, "step": 0, "since": 0, "boards": {}, "move": 0, "vote": NO_VOTE}
NUMBERS = 20  # of an answer
MOST = 16_000  # characters of all states of boards, as JSON
DEEP = 5  # levels of lists and dicts in a state
TEXT = re.compile(r"[\w.,+ -]{0,80}", re.ASCII)


def checked(value, deep: int = DEEP):
    """Return the state of a board: numbers, short words, and lists and dicts of these. Raises ValueError.

    Followers' browsers draw it, and whoever leads could be anybody.
    """
    match value:
        case None | bool() | int() | float():
            return value
        case str() if TEXT.fullmatch(value):
            return value
        case list() if deep:
            return [checked(item, deep - 1) for item in value]
        case dict() if deep and all(map(TEXT.fullmatch, value)):
            return {name: checked(item, deep - 1) for name, item in value.items()}
    raise ValueError("no state of a board")


class Lecture(Gathering):
    """One lecture. Its stage is a page's name, the settings that its link has, and the states of its boards."""

    def _check(self, stage):
        super()._check(stage)
        query = stage["query"]
        texts = [stage["page"], *query, *query.values()]
        numbers = stage["step"], stage["since"]
        if not (all(isinstance(text, str) for text in texts) and all(isinstance(one, int | float) for one in numbers)):
            raise TypeError
        checked(stage["boards"])
        vote = stage["vote"]
        if not (isinstance(vote["asked"], str) and isinstance(vote["turn"], int) and vote["phase"] in PHASES):
            raise TypeError

    def show(self, secret: str, page: str, query: dict[str, str]) -> None:
        """Show a page with the settings of its link: a new step. Raises PermissionError for anybody but the leader."""
        self.check_leader(secret)
        with self._lock:
            if (self.stage["page"], self.stage["query"]) != (page, query):
                asked, vote = query.get("predict", ""), self.stage["vote"]
                vote = vote if vote["asked"] == asked else NO_VOTE | {"asked": asked}
                self._step(page=page, query=query, vote=vote)

    def set_vote(self, secret: str, turn: int, phase: str) -> None:
        """Let the class vote, or no longer, or show what is right. Raises PermissionError for all but the leader."""
        self.check_leader(secret)
        with self._lock:
            vote = self.stage["vote"] | {"turn": turn, "phase": phase}
            if vote != self.stage["vote"]:
                self._step(vote=vote)

    def _step(self, **values) -> None:
        self._set(**values, step=self.stage["step"] + 1, since=self._clock())

    @property
    def _asked(self) -> str:
        """What is voted on, and in which turn."""
        vote = self.stage["vote"]
        return f"{vote['asked']}.{vote['turn']}" if vote["asked"] else ""

    def answer(self, player: str, at: str, answer) -> bool:
        """Store somebody's vote on `at`, a situation's name; replaces an earlier one of the same turn.

        Returns False, and stores nothing, if that is not asked, or no longer. Raises ValueError for what is no list of
        numbers, Full for somebody who may not join.
        """
        numbers = [float(number) for number in answer] if isinstance(answer, list | tuple) else []
        if not 1 <= len(numbers) <= NUMBERS or not all(map(math.isfinite, numbers)):
            raise ValueError("a vote is a list of numbers")
        self.join(player)
        with self._lock:
            vote = self.stage["vote"]
            if not at or (vote["asked"], vote["phase"]) != (at, OPEN):
                return False
            self._answer(player, self._asked, numbers)
            return True

    def votes(self, turn: int) -> list[list[float]]:
        """Return all votes of a turn on what is asked now."""
        return self._answers_to(f"{self.stage['vote']['asked']}.{turn}")

    def vote_of(self, player: str) -> list[float] | None:
        """Return what somebody has voted in this turn, None if they have not."""
        return self._answers_of(player).get(self._asked)

    def move(self, secret: str, boards: dict) -> None:
        """Show the states of the page's boards, by their names, as they are in the leader's browser just now.

        Raises PermissionError for anybody but the leader, and ValueError for what can be no states.
        """
        self.check_leader(secret)
        if not isinstance(boards, dict) or len(json.dumps(boards)) > MOST:
            raise ValueError("no states of boards")
        states = checked(boards)
        with self._lock:
            if states != self.stage["boards"]:
                self._set(boards=states, move=self.stage["move"] + 1)

    def now(self, player: str = "", seen: str = "") -> bytes:
        """Return the step and the move as JSON, who is there, and the boards' states unless `seen` is that move.

        player: who asks, and keeps their place by that. Also told are the seconds since the step began, "ago", and how
        many pages are drawn before this player's, "turn".
        """
        people = self._asked_by(player, self._asked)
        stage = self.stage
        told = {"place": str(stage["step"]), "move": str(stage["move"]), "asked": bool(self._asked)} | people
        told |= {"ago": self._clock() - stage["since"], "turn": self._turn(player)}
        if seen != told["move"]:
            told["boards"] = stage["boards"]
        return json.dumps(told).encode()
