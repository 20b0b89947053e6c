"""A round of the guessing game, which a class plays together: image by image, and each through the three phases."""

import json
import math
from collections.abc import Callable, Sequence

import numpy as np

from explorer.classroom.gathering import OPEN, PHASES, REVEALED, Gathering
from explorer.protocol.json_numbers import dumps

FEWEST = 10  # images from which each one of a game is drawn, unless that is all there are
IMAGES = 50  # in one round


def draw(margins: np.ndarray, count: int, seed: int) -> list[int]:
    """Draw the numbers of `count` images that are worth guessing, by the margins (n,) of the network's answers.

    The true logit minus the largest other is near 0 where the network wavered, and far below where it was surely
    wrong. In turn one is drawn from the tenth with the smallest size of the margin, one from the tenth with the lowest
    margins, and one from all others; of few images, a group is as large as what is drawn from it. The same seed draws
    the same images. Raises ValueError where there are fewer than `count`.
    """
    if len(margins) < count:
        raise ValueError(f"{count} images of a game are drawn from at least as many; got {len(margins)}")
    random, tenth = np.random.default_rng(seed), len(margins) // 10
    sizes = [max(tenth, len(range(first, count, 3))) for first in range(2)]
    close = np.argsort(np.abs(margins), kind="stable")[: sizes[0]]
    lowest = np.argsort(margins, kind="stable")
    wrong = lowest[~np.isin(lowest, close)][: sizes[1]]
    others = np.setdiff1d(np.arange(len(margins)), [*close, *wrong])
    drawn = np.empty(count, int)
    for first, group in enumerate((close, wrong, others)):
        places = range(first, count, 3)
        drawn[places] = random.choice(group, len(places), replace=False)
    return drawn.tolist()


def checked(shares: Sequence[float], classes: int) -> tuple[float, ...]:
    """Return `shares` as a distribution over so many classes; raises ValueError for anything else."""
    values = tuple(float(share) for share in shares)
    fits = len(values) == classes and all(0 <= value <= 1 for value in values)  # nan does not fit
    if not fits or not math.isclose(sum(values), 1, abs_tol=1e-6):
        raise ValueError(f"an answer is {classes} shares with the sum 1")
    return values


def about(run: str, images: Sequence[int], classes: int = 10) -> dict:
    """Return what a round keeps of itself: the `run` whose images and answers it shows, and their numbers, in order.

    Raises ValueError for too many images.
    """
    if not 1 <= len(images) <= IMAGES:
        raise ValueError(f"a round has 1 to {IMAGES} images; got {len(images)}")
    return {"run": run, "images": [int(image) for image in images], "classes": classes}


STAGE = {"at": 0, "phase": OPEN}  # of a round that begins


class Round(Gathering):
    """One round: the `run` whose images and answers it shows, and the numbers of its `images`, in order."""

    def __init__(self, path, clock):
        super().__init__(path, clock)
        self.run = self.about["run"]
        self.images = tuple(self.about["images"])
        self._classes = self.about["classes"]
        # show(image, revealed) gives what browsers draw of an image, with the truth or without. A page says it.
        self.show: Callable[[int, bool], dict] | None = None
        self._shown = "", b""  # the last answer of `stage_now`, and its place

    def _check(self, stage):
        super()._check(stage)
        if stage["at"] not in range(len(self.about["images"])) or stage["phase"] not in PHASES:
            raise ValueError

    @property
    def at(self) -> int:
        """The index of the present image."""
        return self.stage["at"]

    @property
    def phase(self) -> str:
        """The phase of the present image."""
        return self.stage["phase"]

    @property
    def place(self) -> str:
        """The index of the present image and its phase, as the browser knows them."""
        stage = self.stage
        return f"{stage['at']}-{stage['phase']}"

    def answer(self, player: str, at: int, shares: Sequence[float]) -> bool:
        """Store a player's answer to the image with the index `at`, replacing an earlier one.

        Returns False, and stores nothing, if that image is no longer open. Raises ValueError for shares that
        are no distribution, Full for somebody who may not join.
        """
        values = checked(shares, self._classes)
        self.join(player)  # the leader may have emptied the round meanwhile
        with self._lock:
            if (self.at, self.phase) != (at, OPEN):
                return False
            self._answer(player, str(at), list(values))
            return True

    def go_on(self, secret: str) -> None:
        """Go to the next phase, or from the last one to the next image, if there is one.

        Raises PermissionError for anybody but the leader.
        """
        self.check_leader(secret)
        with self._lock:
            if self.phase != REVEALED:
                self._set(phase=PHASES[PHASES.index(self.phase) + 1])
            elif self.at + 1 < len(self.images):
                self._set(at=self.at + 1, phase=OPEN)

    def answers(self, at: int) -> np.ndarray:
        """Return all answers to the image with the index `at`: (n, K)."""
        return np.array(self._answers_to(str(at)), np.float64).reshape(-1, self._classes)

    def answers_of(self, player: str) -> dict[int, tuple[float, ...]]:
        """Return a player's answers by the index of the image."""
        return {int(at): tuple(shares) for at, shares in self._answers_of(player).items()}

    @property
    def seen(self) -> int:
        """How many images have been revealed."""
        stage = self.stage
        return stage["at"] + (stage["phase"] == REVEALED)

    def stage_now(self) -> bytes | None:
        """Return what all players see now as JSON: {"place": …} and what `show` gives of the present image.

        None until a page of this server has said how images are shown.
        """
        self.refresh()
        with self._lock:
            if self.show is None:
                return None
            if self.place != self._shown[0]:  # all players ask at about the same time
                shown = self.show(self.images[self.at], self.phase == REVEALED)
                self._shown = self.place, dumps({"place": self.place, **shown}).encode()
            return self._shown[1]

    def now(self, player: str = "", seen: str = "") -> bytes:
        """Return the state of the round as JSON, without the true class or anybody's answer.

        player: who asks, and keeps their place by that. seen: not used; a lecture has it.
        """
        asked = self._asked_by(player, str(self.at))
        return json.dumps({"place": self.place} | asked).encode()
