"""The photographs of CIFAR-10: whether this server has them, and how it gets them, once for all visitors."""

import os
import secrets
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from explorer.protocol import machine, memory, options
from explorer.protocol.data_sources import bytes_to_fetch, has_photographs, may_fetch
from explorer.protocol.ownership import hashed
from explorer.runs.job import STOPPED, Job
from explorer.runs.limits import Refused
from explorer.runs.results import decoded

STOP_TIMEOUT = 5.0  # seconds from "stop" until the process is killed; what has arrived is on the disk by then
WINDOW = 30.0  # seconds over which the rate is measured
LOOKS = 200  # measurements that are kept at most


class Progress(NamedTuple):
    """The present work ("download", "check", "extract", "decode" …), how much is done, and of how much.

    rate: units a second over the last half minute, left: seconds at that rate; None until something can be said.
    """

    name: str
    done: int
    total: int
    rate: float | None
    left: float | None


class Photographs:
    """Gets the photographs by one process at a time, started by `launch(arguments, log)`.

    Whoever begins it may stop it; all see how far it is. Raises ValueError if $EXPLORER_FETCH is neither yes nor no.
    """

    id = "photographs"

    def __init__(self, launch: Callable[[list[str], Path], subprocess.Popen]):
        may_fetch()  # raises now if the setting is wrong
        self._launch = launch
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._secret = b""
        self._looks: deque[tuple[float, int]] = deque(maxlen=LOOKS)
        self._work = ""

    @property
    def there(self) -> bool:
        """Whether the server has photographs, ready to be shown."""
        return bool(decoded(_folder()))

    @property
    def bytes_to_fetch(self) -> int:
        """How many bytes are still to be downloaded; 0 if the images are on this machine, and only to be decoded."""
        return bytes_to_fetch("auto", _folder())

    @property
    def may_be_had(self) -> bool:
        """Whether they are missing, and can be got: from this machine's disk, or as the host allows, by a download."""
        return not self.there and (may_fetch() or has_photographs(_folder()))

    def get(self) -> str:
        """Begin, or go on where it was stopped, unless that is going on already; return the secret that stops it.

        Raises Refused with too little memory, OSError if the process cannot be started.
        """
        with self._lock:
            if self.going:
                return ""
            if (free := machine.available()) is not None and free < memory.BASE:
                raise Refused("memory", needed=round(memory.BASE / 1e9, 1), free=round(free / 1e9, 1))
            handle, log = tempfile.mkstemp(prefix="explorer-", suffix=".log")
            os.close(handle)
            self._job = Job(self._launch, ["fetch", "--commands", "--json"], Path(log))
            self._looks.clear()
            secret = secrets.token_urlsafe(24)
            self._secret = hashed(secret)
            return secret

    @property
    def going(self) -> bool:
        return self._job is not None and self._job.ended() is None

    def owned_by(self, secret: str) -> bool:
        return secrets.compare_digest(hashed(secret), self._secret)

    @property
    def stopping(self) -> bool:
        return self.going and self._job.trainer.stopping

    def stop(self, secret: str) -> None:
        """Stop it; what has arrived is kept. Raises PermissionError for anybody but whoever started it."""
        if not self.owned_by(secret):
            raise PermissionError("somebody else has started this")
        if self.going:
            self._job.trainer.stop()

    def failure(self) -> dict | None:
        """Return the event by which the last try failed, None if it did not, or was stopped."""
        ended = self._job and self._job.ended()
        return ended if ended and ended["event"] == "failed" else None

    @property
    def stopped(self) -> bool:
        """Whether the last try was stopped."""
        return bool(self._job) and (self._job.ended() or {}).get("reason") == STOPPED["reason"]

    def progress(self) -> Progress:
        """Return how far it is, and kill the process if it was to stop and does not."""
        if self.stopping:
            self._job.trainer.kill_if_overdue(STOP_TIMEOUT)
        name, done, total = self._job.progress()
        now = time.monotonic()
        with self._lock:
            if name != self._work:
                self._work = name
                self._looks.clear()
            while self._looks and self._looks[0][0] < now - WINDOW:
                self._looks.popleft()
            self._looks.append((now, done))
            since, before = self._looks[0]
        rate = (done - before) / (now - since) if done > before else None
        return Progress(name, done, total, rate, rate and (total - done) / rate)

    def close(self) -> None:
        """End the process; for when the server stops."""
        if self._job:
            self._job.trainer.close()


def _folder() -> Path:
    return options.data_folder({"data_dir": None})
