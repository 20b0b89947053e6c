"""A gathering: people in a room who join by a link or a code, and one who leads them. It is a small folder.

`about.json` never changes; `stage.json` is what everybody sees now; `answers/` holds a file for each who has answered,
`there/` an empty one for each who is there, with the time at which they were there last. Every file is written whole,
so that nothing is lost when a server is started anew, and several servers over one folder serve the same people.

Whoever starts a gathering leads it, which the secret from `create` proves. People are known by names that their
browsers keep; in the folder are only hashes of them. No text of a visitor is kept, only numbers.
"""

import contextlib
import hmac
import json
import math
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from explorer.protocol.json_numbers import dumps
from explorer.protocol.ownership import hashed
from explorer.protocol.safe_files import write_whole

PLAYERS = 400  # in one gathering at the same time
ANSWERING = 1000  # of whom one gathering keeps answers
LATELY = 90.0  # seconds for which a place is kept for somebody who neither asks nor answers
FRESH = 0.3  # seconds for which what was read is taken to be what is in the folder
TOUCH = 15.0  # seconds after which it is noted again that somebody is there
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are easily confused
LENGTH = 12  # of an id: there are 31¹²
SHORT = 5  # letters of the code by which a gathering is found as well
ABOUT, STAGE, ANSWERS, THERE = "about.json", "stage.json", "answers", "there"

# Answers are taken, or discussed, or what is right is shown.
OPEN, CLOSED, REVEALED = "open", "closed", "revealed"
PHASES = (OPEN, CLOSED, REVEALED)

Clock = Callable[[], float]


class Full(Exception):
    """There are too many gatherings, or people in one. `code` says in a word what stands in the way."""

    code = "full"


class Locked(Full):
    """Whoever leads lets nobody in any more."""

    code = "locked"


class Removed(Full):
    """Whoever leads has removed this person."""

    code = "removed"


def letters(count: int) -> str:
    """Return so many random letters that can be typed without a mistake."""
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def create(
    home: Path, of_kind: str, code: str, leader: str, address: str, about: dict, stage: dict, clock: Clock = time.time
) -> tuple[Path, str]:
    """Make the folder of a gathering in `home`, and return it with its leader's secret. Raises OSError.

    leader, address: identify the leader, to count what they and others at their address lead. about, stage: what its
    kind keeps there.
    """
    secret = secrets.token_urlsafe(24)
    path = home / letters(LENGTH)
    for part in (ANSWERS, THERE):
        (path / part).mkdir(parents=True)
    known = {"kind": of_kind, "code": code, "secret": hashed(secret).hex()}
    known |= {"leader": hashed(leader).hex(), "address": hashed(address).hex()}
    write_whole(path / STAGE, dumps(stage | {"locked": False, "removed": []}), clock())
    write_whole(path / ABOUT, dumps(known | about), clock())  # last: a folder with it is complete
    return path, secret


def kind(path: Path) -> str:
    """Return of which kind the gathering in a folder is. Raises OSError, ValueError, KeyError or TypeError for none."""
    return json.loads((path / ABOUT).read_bytes())["kind"]


class Gathering:
    """One gathering, read from its folder and written to it. Safe to call from any thread.

    `code`: a short name that can be typed; `stage`: what everybody sees now. Raises OSError or ValueError for a folder
    that is none.
    """

    def __init__(self, path: Path, clock: Clock = time.time):
        about = json.loads((path / ABOUT).read_bytes())
        self.path, self.id = path, path.name
        self.code, self.leader, self.address = about["code"], about["leader"], about["address"]
        self.about = about
        self.stage: dict = {}
        self._secret = bytes.fromhex(about["secret"])
        self._clock = clock
        self._lock = threading.RLock()
        self._answers: dict[str, dict[str, list]] = {}  # by person, then by what was asked
        self._versions: dict[str, tuple] = {}  # of the files that `_answers` and `stage` were read from
        self._there: dict[str, float] = {}  # when each was there last
        self._changed_at = -math.inf
        self._read_at = -FRESH
        self.refresh()

    def refresh(self) -> None:
        """Read what other servers have written. Raises OSError where the folder is gone."""
        with self._lock:
            if time.monotonic() - self._read_at < FRESH:
                return
            self._read_at = time.monotonic()
            if self._is_new(self.path / STAGE):
                stage = json.loads((self.path / STAGE).read_bytes())
                self._check(stage)
                self.stage = stage
            there = {entry.name: entry.stat().st_mtime for entry in self._files(THERE)}
            self._there = {name: max(at, self._there.get(name, at)) for name, at in there.items()}
            files = self._files(ANSWERS)
            for name in self._answers.keys() - {entry.name for entry in files}:
                del self._answers[name]
            for entry in files:
                with contextlib.suppress(OSError, ValueError):  # removed meanwhile
                    if self._is_new(Path(entry.path)) or entry.name not in self._answers:
                        self._answers[entry.name] = json.loads(Path(entry.path).read_bytes())

    def _check(self, stage: dict) -> None:
        """Raise ValueError, KeyError or TypeError for a stage that none can be."""
        if not (isinstance(stage["locked"], bool) and isinstance(stage["removed"], list)):
            raise TypeError

    def _files(self, part: str) -> list[os.DirEntry]:
        with os.scandir(self.path / part) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]

    def _is_new(self, path: Path) -> bool:
        found = path.stat()
        version = (found.st_mtime_ns, found.st_size, found.st_ino)
        is_new = self._versions.get(path.name) != version
        self._versions[path.name] = version
        self._changed_at = max(self._changed_at, found.st_mtime)
        return is_new

    def led_by(self, secret: str) -> bool:
        """Return whether `secret` is the leader's."""
        return hmac.compare_digest(hashed(secret), self._secret)

    def ticket(self) -> str:
        """Return a name for somebody new. Only pages of this app give it out."""
        name = secrets.token_urlsafe(12)
        return f"{name}.{self._signed(name)}"

    def admits(self, player: str) -> bool:
        """Return whether `player` is a name that `ticket` gave out."""
        name, _, signed = player.partition(".")
        return hmac.compare_digest(self._signed(name).encode(), signed.encode("utf-8", "replace"))

    def _signed(self, name: str) -> str:
        return hmac.new(self._secret, name.encode("utf-8", "replace"), "sha256").hexdigest()[:20]

    def check_leader(self, secret: str) -> None:
        """Raise PermissionError unless `secret` is the leader's."""
        if not self.led_by(secret):
            raise PermissionError(f"{self.id} is led by somebody else")

    @property
    def locked(self) -> bool:
        """Whether nobody else may join."""
        return self.stage["locked"]

    def lock(self, secret: str, locked: bool) -> None:
        """Let nobody else in, or let them in again. Raises PermissionError for anybody but the leader."""
        self.check_leader(secret)
        self._set(locked=locked)

    def join(self, player: str) -> None:
        """Let somebody in, or keep their place; raises Full if there are too many, Locked or Removed."""
        name = _name(player)
        with self._lock:
            if name in self.stage["removed"]:
                raise Removed
            if name not in self._there and name not in self._answers:
                if self.locked:
                    raise Locked
                self._free_places()
                if len(self._present()) >= PLAYERS or len(self._answers.keys() | self._there.keys()) >= ANSWERING:
                    raise Full
            self._seen(name)

    def _seen(self, name: str) -> None:
        now = self._clock()
        if now - self._there.get(name, -TOUCH) >= TOUCH:
            self._touch(name, now)
        self._there[name] = now

    def _touch(self, name: str, now: float) -> None:
        path = self.path / THERE / name
        path.touch()
        os.utime(path, (now, now))

    def _present(self) -> list[str]:
        """Return who has asked or answered lately."""
        now = self._clock()
        return [name for name, there in self._there.items() if now - there <= LATELY]

    def _free_places(self) -> None:
        """Forget those who have gone without an answer."""
        for name in self._there.keys() - self._answers.keys() - set(self._present()):
            self._forget(name)

    def _forget(self, name: str) -> None:
        for part, kept in ((ANSWERS, self._answers), (THERE, self._there)):
            (self.path / part / name).unlink(missing_ok=True)
            kept.pop(name, None)

    def players(self) -> dict[str, int]:
        """Return by their hashes all who are there or have answered, each with the number of their answers."""
        with self._lock:
            self._free_places()
            return {
                name: len(self._answers.get(name, {})) for name in sorted(self._there.keys() | self._answers.keys())
            }

    def remove(self, secret: str, name: str) -> None:
        """Remove somebody with all their answers, for good. Raises PermissionError for anybody but the leader."""
        self.check_leader(secret)
        with self._lock:
            if name in self._there or name in self._answers:
                self._forget(name)
                self._set(removed=[*self.stage["removed"], name])

    def empty(self, secret: str) -> None:
        """Take all places and answers back; those who are still there join anew when they ask.

        Raises PermissionError for anybody but the leader.
        """
        self.check_leader(secret)
        with self._lock:
            for name in self._there.keys() | self._answers.keys():
                self._forget(name)

    def _set(self, **values) -> None:
        """Change what everybody sees."""
        with self._lock:
            self.stage = self.stage | values
            self._write(STAGE, self.stage)

    def _answer(self, player: str, asked: str, answer: list) -> None:
        """Store somebody's answer to what was `asked`, replacing an earlier one."""
        with self._lock:
            name = _name(player)
            self._answers[name] = self._answers.get(name, {}) | {asked: answer}
            self._write(f"{ANSWERS}/{name}", self._answers[name])
            self._seen(name)

    def _write(self, name: str, value) -> None:
        self._changed_at = self._clock()
        write_whole(self.path / name, dumps(value), self._changed_at)

    def _answers_to(self, asked: str) -> list[list]:
        with self._lock:
            return [given[asked] for given in self._answers.values() if asked in given]

    def _answers_of(self, player: str) -> dict[str, list]:
        with self._lock:
            return dict(self._answers.get(_name(player), {}))

    def _asked_by(self, player: str, asked: str) -> dict[str, int]:
        """Keep the place of whoever asks; return how many are there, and how many of all have answered."""
        self.refresh()
        with self._lock:
            name = _name(player)
            if name in self._there:
                self._seen(name)
            answered = sum(asked in given for given in self._answers.values())
            return {"answered": answered, "players": len(self._present())}

    def _turn(self, player: str) -> int:
        """Return how many of those who are there come before somebody, in an order that is the same for all."""
        name = _name(player)
        with self._lock:
            return sum(other < name for other in self._present())

    @property
    def unused(self) -> bool:
        """Whether nobody is there."""
        with self._lock:
            return not self._present()

    def idle_seconds(self) -> float:
        """Seconds since somebody answered, or the leader went on."""
        return self._clock() - self._changed_at


def _name(player: str) -> str:
    """Return under what somebody is known in the folder."""
    return hashed(player).hex()[:24]
