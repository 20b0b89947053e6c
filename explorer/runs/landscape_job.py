"""The computation of a landscape: a process of the training program that waits in the queue of the runs."""

import secrets
import time
from pathlib import Path

from explorer.protocol import landscape_options
from explorer.protocol.options import command_line
from explorer.protocol.ownership import hashed
from explorer.runs.job import Job
from explorer.runs.launcher import Launcher
from explorer.runs.process import Trainer

STOP_TIMEOUT = 3.0  # seconds from "stop" until it is killed: it has nothing to save
LATE = 30.0  # seconds beyond the allowed time, since the program starts to count after it has loaded
REMEMBERED = 50  # computations that are over
TOO_LONG = {"event": "failed", "code": "too-long", "message": ""}


class Computations(dict[str, "Computation"]):
    """Computations by their ids: all that are not over, and of the others the last ones. Not thread-safe."""

    def add(self, computation: "Computation") -> None:
        self[computation.id] = computation
        for id in [id for id, one in self.items() if one.over()][:-REMEMBERED]:
            del self[id]


class Computation:
    """The landscape of the run in `folder` with `settings` (`landscape_options`), written into the folder `target`.

    `id`: the same for all who ask for the same file. `queue_position` is how many runs are in front of it, None once
    it has left the queue; `secret`: whoever knows it may stop it.
    """

    settings: dict
    keep_running = False

    def __init__(self, run_id: str, folder: Path, target: Path, settings: dict):
        self.settings = settings
        self.file = target / landscape_options.file_name(landscape_options.complete(settings))
        self.id = f"{run_id}/{self.file.name}"
        self.secret = secrets.token_urlsafe(24)
        self.queue_position: int | None = 0
        self.trainer: Trainer | None = None
        self._folder = folder
        self._log = target / f"{self.file.name}.{secrets.token_hex(4)}.log"
        self._job: Job | None = None
        self._ended: dict | None = None
        self._too_long = False
        self._working_since: float | None = None  # when the program was first seen at work; a launcher may wait
        self._began: tuple[float, int] | None = None  # the time when so many points were first seen to be done

    def owned_by(self, secret: str) -> bool:
        return secrets.compare_digest(hashed(secret), hashed(self.secret))

    def launch(self, launcher: Launcher) -> Trainer:
        """Start the process. Raises OSError if its folder cannot be written to."""
        told = self._log.with_suffix(".events")  # a launcher may print anything
        settings = self.settings | {"out": self.file.parent, "events": told, "commands": True, "json": True}
        arguments = ["landscape", str(self._folder), *command_line(settings, landscape_options.BY_NAME)]
        self._job = Job(launcher.start, arguments, self._log, told, launcher.elsewhere)
        return self._job.trainer

    def tend(self) -> None:
        """Stop the process if it takes longer than allowed, and kill it if it does not stop."""
        allowed = self.settings.get("max_seconds")
        if self._working_since is None and not self.awaited:
            self._working_since = time.monotonic()
        late = allowed and self._working_since and time.monotonic() - self._working_since > allowed + LATE
        if late and not self.stopping:
            self._too_long = True
            self.trainer.stop()
        if self.stopping:
            self.trainer.kill_if_overdue(STOP_TIMEOUT)

    def end_unstarted(self, event: dict) -> None:
        """Note how it ended before it was started."""
        self._ended, self.queue_position = event, None

    @property
    def awaited(self) -> bool:
        """Whether a launcher was told to start it, and nothing has been seen of it yet."""
        return self.trainer is not None and self.trainer.elsewhere and not self._job.progress()[0]

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return bool(self.trainer and self.trainer.stopping)

    def over(self) -> bool:
        return self.ended() is not None

    def ended(self) -> dict | None:
        """Return the program's last event, or None while it waits or runs."""
        if self._ended is None and self._job and (event := self._job.ended()):
            self._ended = TOO_LONG if self._too_long else event
        return self._ended

    def progress(self) -> tuple[str, int, int, float | None]:
        """Return the present work ("decode", …, "landscape"), how much is done, of how much, and the seconds left."""
        name, done, total = self._job.progress() if self._job else ("", 0, 1)
        if name != "landscape":
            return name, done, total, None
        if self._began is None:
            self._began = time.monotonic(), done
        since, first = self._began
        left = (time.monotonic() - since) / (done - first) * (total - done) if done > first else None
        return name, done, total, left
