"""A landscape on its way: a process of the training program that waits in the queue of the runs, and its progress."""

import contextlib
import secrets
import subprocess
import threading
import time
from pathlib import Path

from explorer.protocol import landscape_options
from explorer.protocol.json_numbers import loads
from explorer.protocol.options import command_line
from explorer.protocol.ownership import hashed
from explorer.runs.launcher import Launcher
from explorer.runs.process import Trainer

TAIL = 8192  # bytes at the end of what it says
STOP_TIMEOUT = 3.0  # seconds: it writes nothing before it is done
STOPPED = {"event": "finished", "reason": "stopped"}
LATE = 30.0  # seconds more than are allowed, for what comes before the program looks at its clock
TOO_LONG = {"event": "failed", "code": "too-long", "message": ""}
INTERRUPTED = {"event": "failed", "code": "interrupted", "message": ""}


class Computation:
    """The landscape of the run in `folder` with the program's `settings` (`landscape_options`), written into `place`.

    `id`: one for each file that a landscape goes to. `queue_position` is how many runs are in front of it, None once
    it has left the queue; `secret`: whoever knows it may stop it.
    """

    settings: dict
    keep_running = False

    def __init__(self, run_id: str, folder: Path, place: Path, settings: dict):
        self.settings = settings
        self.file = place / landscape_options.file_name(landscape_options.complete(settings))
        self.id = f"{run_id}/{self.file.name}"
        self.secret = secrets.token_urlsafe(24)
        self.queue_position: int | None = 0
        self.trainer: Trainer | None = None
        self._folder = folder
        self._log = place / f"{self.file.name}.{secrets.token_hex(4)}.log"
        self._process: subprocess.Popen | None = None
        self._ended: dict | None = None
        self._too_long = False
        self._lock = threading.Lock()
        self._began: tuple[float, int] | None = None  # the time when so many points were first seen to be done

    def owned_by(self, secret: str) -> bool:
        return secrets.compare_digest(hashed(secret), hashed(self.secret))

    def launch(self, launcher: Launcher) -> Trainer:
        """Start the process. Raises OSError if its folder cannot be written to."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        settings = self.settings | {"out": self.file.parent, "commands": True}
        arguments = ["landscape", str(self._folder), *command_line(settings, landscape_options.BY_NAME)]
        self._process = launcher.start(arguments, self._log, answers=True)
        self._launched_at = time.monotonic()
        return Trainer(self._process)

    def tend(self) -> None:
        """See that the process ends if it was told to, or does not heed how long it may take."""
        allowed = self.settings.get("max_seconds")
        if allowed and time.monotonic() - self._launched_at > allowed + LATE and not self.stopping:
            self._too_long = True
            self.trainer.stop()
        if self.stopping:
            self.trainer.kill_if_overdue(STOP_TIMEOUT)

    def end_unstarted(self, event: dict) -> None:
        """Remember how it ended before it began."""
        self._ended, self.queue_position = event, None

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return bool(self.trainer and self.trainer.stopping)

    def over(self) -> bool:
        return self.ended() is not None

    def ended(self) -> dict | None:
        """Return how it ended, as the program's last event says, or None while it waits or goes on."""
        with self._lock:  # of all who look, one hears its last word
            if self._ended is None and self.trainer and self.trainer.exit_status is not None:
                told = TOO_LONG if self._too_long else self._last_word()
                self._ended = told or (STOPPED if self.stopping else INTERRUPTED)
                self._log.unlink(missing_ok=True)
            return self._ended

    def _last_word(self) -> dict | None:
        with self._process.stdout as said, contextlib.suppress(ValueError, OSError):  # it died
            *_, last = _objects(said.read())
            return last
        return None

    def progress(self) -> tuple[str, int, int, float | None]:
        """Return what it is at ("draw", "decode", …, "landscape"), how much of how much is done, and seconds left."""
        try:
            shown = [line for line in _objects(self._log.read_bytes()[-TAIL:]) if "progress" in line]
        except OSError:
            shown = []
        if not shown:
            return "", 0, 1, None
        name, done, total = (shown[-1][key] for key in ("progress", "done", "total"))
        if name != "landscape":
            return name, done, total or 1, None
        if self._began is None:
            self._began = time.monotonic(), done
        since, first = self._began
        left = (time.monotonic() - since) / (done - first) * (total - done) if done > first else None
        return name, done, total, left


def _objects(text: bytes) -> list[dict]:
    """Return the JSON objects among the lines; others are cut off, or for people."""
    found = []
    for line in text.decode("utf-8", "replace").splitlines():
        with contextlib.suppress(ValueError):
            found.append(loads(line))
    return [line for line in found if isinstance(line, dict)]
