"""Rounds of the guessing game, which a class plays together. They are kept in memory, limited in number.

A round goes through its images one by one, and with each through three phases: `OPEN` while answers are taken,
`CLOSED` while they are discussed, `REVEALED` when the true class is shown. Whoever starts a round leads it, which the
secret from `start` proves; everybody else who knows its id plays. No text of a visitor is kept, only numbers.
"""

import functools
import hmac
import json
import math
import secrets
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from explorer.protocol.ownership import hashed

OPEN, CLOSED, REVEALED = "open", "closed", "revealed"
PHASES = (OPEN, CLOSED, REVEALED)

FEWEST = 10  # images from which each one of a game is drawn
PLAYERS = 200  # in one round
IMAGES = 50  # in one round
ROUNDS = 100  # at once
LED = 3  # at once by one leader
IDLE = 2 * 3600.0  # seconds without a change after which a round is forgotten
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are easily confused
LENGTH = 12  # of an id: there are 31¹²


def draw(sample_losses: np.ndarray, count: int, seed: int) -> list[int]:
    """Draw the numbers of `count` images, every second one from the tenth with the largest losses (n,) of the network.

    The same seed draws the same images. Raises ValueError where there are fewer than `FEWEST` for each.
    """
    least = FEWEST * count
    if len(sample_losses) < least:
        raise ValueError(f"{count} images of a game are drawn from at least {least}; got {len(sample_losses)}")
    random = np.random.default_rng(seed)
    largest = np.argsort(-sample_losses, kind="stable")[: len(sample_losses) // 10]
    hard = random.choice(largest, count // 2, replace=False)
    rest = np.setdiff1d(np.arange(len(sample_losses)), hard)
    any_of_them = random.choice(rest, count - len(hard), replace=False)
    drawn = np.empty(count, int)
    drawn[::2], drawn[1::2] = any_of_them, hard
    return drawn.tolist()


class Full(Exception):
    """There are too many rounds, or players in a round."""


class Leading(Full):
    """Somebody leads too many rounds."""


def checked(shares: Sequence[float], classes: int) -> tuple[float, ...]:
    """Return `shares` as a distribution over so many classes; raises ValueError for anything else."""
    values = tuple(float(share) for share in shares)
    fits = len(values) == classes and all(0 <= value <= 1 for value in values)  # nan does not fit
    if not fits or not math.isclose(sum(values), 1, abs_tol=1e-6):
        raise ValueError(f"an answer is {classes} shares with the sum 1")
    return values


class Round:
    """One round: the `run` whose images and answers it shows, and the numbers of its `images`, in order.

    `at` is the index of the present image, `phase` its phase.
    """

    def __init__(self, id: str, run: str, images: Sequence[int], classes: int, secret: bytes, leader: str, clock):
        self.id = id
        self.run = run
        self.leader = leader
        self.images = tuple(images)
        self.at = 0
        self.phase = OPEN
        self._classes = classes
        self._secret = secret
        self._clock = clock
        self._changed_at = clock()
        self._lock = threading.Lock()
        self._answers: dict[str, dict[int, tuple[float, ...]]] = {}  # by player, then by index

    def led_by(self, secret: str) -> bool:
        """Return whether `secret` is the leader's."""
        return hmac.compare_digest(hashed(secret), self._secret)

    def join(self, player: str) -> None:
        """Add the player with the name `player`; raises Full if there are too many."""
        with self._lock:
            if player not in self._answers:
                if len(self._answers) >= PLAYERS:
                    raise Full
                self._answers[player] = {}
                self._changed()

    def answer(self, player: str, at: int, shares: Sequence[float]) -> bool:
        """Store a player's answer to the image with the index `at`, replacing an earlier one.

        Returns False, and stores nothing, if that image is no longer open. Raises ValueError for shares that
        are no distribution, KeyError for somebody who has not joined.
        """
        values = checked(shares, self._classes)
        with self._lock:
            if at != self.at or self.phase != OPEN:
                return False
            self._answers[player][at] = values
            self._changed()
            return True

    def go_on(self, secret: str) -> None:
        """Go to the next phase, or from the last one to the next image, if there is one.

        Raises PermissionError for anybody but the leader.
        """
        if not self.led_by(secret):
            raise PermissionError(f"the round {self.id} is led by somebody else")
        with self._lock:
            if self.phase != REVEALED:
                self.phase = PHASES[PHASES.index(self.phase) + 1]
            elif self.at + 1 < len(self.images):
                # The phase first, so that nobody who reads the index and then the phase finds the next image revealed.
                self.phase, self.at = OPEN, self.at + 1
            self._changed()

    def answers(self, at: int) -> np.ndarray:
        """Return all answers to the image with the index `at`: (n, K)."""
        with self._lock:
            given = [answers[at] for answers in self._answers.values() if at in answers]
        return np.array(given, np.float64).reshape(-1, self._classes)

    def answers_of(self, player: str) -> dict[int, tuple[float, ...]]:
        """Return a player's answers by the index of the image."""
        with self._lock:
            return dict(self._answers.get(player, {}))

    @property
    def unused(self) -> bool:
        """Whether nobody has joined."""
        return not self._answers

    def idle_seconds(self) -> float:
        """Seconds since somebody joined, answered or went on."""
        return self._clock() - self._changed_at

    def _changed(self) -> None:
        self._changed_at = self._clock()

    @property
    def seen(self) -> int:
        """How many images have been revealed."""
        return self.at + (self.phase == REVEALED)

    def now(self) -> bytes:
        """Return the state of the round as JSON, without the true class or anybody's answer."""
        with self._lock:
            answered = sum(self.at in answers for answers in self._answers.values())
            place = f"{self.at}-{self.phase}"
            return json.dumps({"place": place, "answered": answered, "players": len(self._answers)}).encode()


class Rounds:
    """All rounds of this server. Safe to call from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._rounds: dict[str, Round] = {}

    def start(self, run: str, images: Sequence[int], leader: str, classes: int = 10) -> tuple[Round, str]:
        """Start a round and return it with its leader's secret.

        leader: identifies the leader, to count their rounds. If there are too many rounds, the one without players that
        has been idle longest is removed; if all have players, this raises Full, or Leading if the leader has too many.
        Raises ValueError for too many images.
        """
        if not 1 <= len(images) <= IMAGES:
            raise ValueError(f"a round has 1 to {IMAGES} images; got {len(images)}")
        with self._lock:
            self._forget()
            self._make_room([round for round in self._rounds.values() if round.leader == leader], LED, Leading)
            self._make_room(list(self._rounds.values()), ROUNDS, Full)
            id = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
            secret = secrets.token_urlsafe(24)
            self._rounds[id] = Round(id, run, images, classes, hashed(secret), leader, self._clock)
            return self._rounds[id], secret

    def _make_room(self, among: list[Round], most: int, refusal: type[Full]) -> None:
        if len(among) < most:
            return
        unused = [round for round in among if round.unused]
        if not unused:
            raise refusal
        del self._rounds[max(unused, key=Round.idle_seconds).id]

    def find(self, id: str) -> Round | None:
        """Return the round with this id, or None."""
        with self._lock:
            self._forget()
            return self._rounds.get(id)

    def end(self, round: Round, secret: str) -> None:
        """Forget a round. Raises PermissionError for anybody but its leader."""
        if not round.led_by(secret):
            raise PermissionError(f"the round {round.id} is led by somebody else")
        with self._lock:
            self._rounds.pop(round.id, None)

    def _forget(self) -> None:
        for round in [round for round in self._rounds.values() if round.idle_seconds() > IDLE]:
            del self._rounds[round.id]


@functools.cache
def of_this_server() -> Rounds:
    """Return the rounds of this server."""
    return Rounds()
