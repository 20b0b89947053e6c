"""All gatherings that this server knows: those in one folder, which several servers may share."""

import contextlib
import hmac
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from explorer.classroom import lectures, rounds
from explorer.classroom.gathering import (
    ABOUT,
    LENGTH,
    LETTERS,
    SHORT,
    Clock,
    Full,
    Gathering,
    create,
    kind,
    letters,
)
from explorer.classroom.lectures import Lecture
from explorer.classroom.rounds import Round

MOST = 100  # gatherings at once,
SHARE = 50  # and of them from one address
LED = 3  # at once by one leader
IDLE = 12 * 3600.0  # seconds without a change after which a gathering is forgotten, with its folder
WRONG = 60  # wrong codes from one address in a minute
KINDS = {"round": Round, "lecture": Lecture}


class Leading(Full):
    """Somebody leads too many gatherings."""

    code = "yours"


class WrongCode(Exception):
    """No gathering has this code."""


class TooManyCodes(WrongCode):
    """Too many wrong codes have come from one address."""


class Classroom:
    """The gatherings in the folder `home`. Safe to call from any thread."""

    def __init__(self, home: Path, clock: Clock = time.time):
        self._home, self._clock = home, clock
        self._lock = threading.Lock()
        self._known: dict[str, Gathering] = {}
        self._wrong: dict[str, list[float]] = {}  # when wrong codes came, by address

    def start_round(
        self, run: str, images: Sequence[int], leader: str, address: str = "", classes: int = 10
    ) -> tuple[Round, str]:
        """Start a round of the game, and return it with its leader's secret; see `_start`.

        Raises ValueError for too many images.
        """
        return self._start("round", leader, address, rounds.about(run, images, classes), rounds.STAGE)

    def start_lecture(self, leader: str, address: str = "") -> tuple[Lecture, str]:
        """Start a lecture, and return it with its leader's secret; see `_start`."""
        return self._start("lecture", leader, address, {}, lectures.STAGE)

    def _start(self, of_kind: str, leader: str, address: str, about: dict, stage: dict) -> tuple[Gathering, str]:
        """Start a gathering, and return it with its leader's secret.

        leader, address: identify the leader, to count what they and others at their address lead. If there are too
        many, the one without people that has been idle longest is removed; if all have people, this raises Full, or
        Leading if the leader has too many.
        Raises OSError where nothing can be written.
        """
        with self._lock:
            there = self._all()
            codes = {one.code for one in there}
            while (code := letters(SHORT)) in codes:
                pass
            path, secret = create(self._home, of_kind, code, leader, address, about, stage, self._clock)
            started = self._known[path.name] = KINDS[of_kind](path, self._clock)
            try:
                there = self._make_room([one for one in there if one.leader == started.leader], LED, Leading, there)
                there = self._make_room([one for one in there if one.address == started.address], SHARE, Full, there)
                self._make_room(there, MOST, Full, there)
            except Full:
                self._remove(started)
                raise
            return started, secret

    def _make_room(self, among: list, most: int, refusal: type[Full], there: list) -> list:
        """Remove one of `among` if there are as many as there may be; return those who are left of all `there`."""
        if len(among) < most:
            return there
        unused = [one for one in among if one.unused]
        if not unused:
            raise refusal
        oldest = max(unused, key=Gathering.idle_seconds)
        self._remove(oldest)
        return [one for one in there if one is not oldest]

    def _remove(self, gathering: Gathering) -> None:
        self._known.pop(gathering.id, None)
        shutil.rmtree(gathering.path, ignore_errors=True)

    def _all(self) -> list[Gathering]:
        """Return all that are not forgotten by now."""
        with contextlib.suppress(OSError):
            return [found for path in sorted(self._home.iterdir()) if (found := self._load(path.name))]
        return []

    def _load(self, id: str) -> Gathering | None:
        """Return a gathering as it is in its folder, None if there is none; what was left alone too long is removed."""
        if len(id) != LENGTH or not set(id) <= set(LETTERS):
            return None
        try:
            path = self._home / id
            if id not in self._known:
                self._known[id] = KINDS[kind(path)](path, self._clock)
            found = self._known[id]
            (path / ABOUT).stat()  # gone where another server has ended it
            found.refresh()
        except (OSError, ValueError, KeyError, TypeError):
            self._known.pop(id, None)
            return None
        if found.idle_seconds() > IDLE:
            self._remove(found)
            return None
        return found

    def find(self, id: str) -> Gathering | None:
        """Return the gathering with this id, or None."""
        with self._lock:
            return self._load(id)

    def by_code(self, code: str, address: str = "") -> Gathering:
        """Return the gathering with this code, as somebody at `address` typed it.

        Raises WrongCode, or TooManyCodes so that nobody finds gatherings by trying.
        """
        wanted = "".join(code.split()).lower()
        with self._lock:
            now = self._clock()
            wrong = [at for at in self._wrong.get(address, []) if now - at < 60]
            if len(wrong) >= WRONG:
                raise TooManyCodes
            for found in self._all():
                if hmac.compare_digest(found.code.encode(), wanted.encode()):
                    return found
            self._wrong = {other: tries for other, tries in self._wrong.items() if now - tries[-1] < 60}
            self._wrong[address] = [*wrong, now]
        raise WrongCode

    def end(self, gathering: Gathering, secret: str) -> None:
        """Forget a gathering, with its folder. Raises PermissionError for anybody but its leader."""
        gathering.check_leader(secret)
        with self._lock:
            self._remove(gathering)
