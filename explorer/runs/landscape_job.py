"""The computation of a landscape: a process of the training program that waits in the queue of the runs."""

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

TAIL = 8192  # bytes that are read at the end of its log
STOP_TIMEOUT = 3.0  # seconds from "stop" until it is killed: it has nothing to save
STOPPED = {"event": "finished", "reason": "stopped"}
LATE = 30.0  # seconds beyond the allowed time, since the program starts to count after it has loaded
TOO_LONG = {"event": "failed", "code": "too-long", "message": ""}
INTERRUPTED = {"event": "failed", "code": "interrupted", "message": ""}


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
        settings = self.settings | {"out": self.file.parent, "commands": True, "json": True}
        arguments = ["landscape", str(self._folder), *command_line(settings, landscape_options.BY_NAME)]
        self._process = launcher.start(arguments, self._log, answers=True)
        self._launched_at = time.monotonic()
        return Trainer(self._process)

    def tend(self) -> None:
        """Stop the process if it takes longer than allowed, and kill it if it does not stop."""
        allowed = self.settings.get("max_seconds")
        if allowed and time.monotonic() - self._launched_at > allowed + LATE and not self.stopping:
            self._too_long = True
            self.trainer.stop()
        if self.stopping:
            self.trainer.kill_if_overdue(STOP_TIMEOUT)

    def end_unstarted(self, event: dict) -> None:
        """Note how it ended before it was started."""
        self._ended, self.queue_position = event, None

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return bool(self.trainer and self.trainer.stopping)

    def over(self) -> bool:
        return self.ended() is not None

    def ended(self) -> dict | None:
        """Return the program's last event, or None while it waits or runs."""
        with self._lock:  # only one caller can read the output
            if self._ended is None and self.trainer and self.trainer.exit_status is not None:
                event = TOO_LONG if self._too_long else self._last_event()
                self._ended = event or (STOPPED if self.stopping else INTERRUPTED)
                self._log.unlink(missing_ok=True)
            return self._ended

    def _last_event(self) -> dict | None:
        with self._process.stdout as output, contextlib.suppress(ValueError, OSError):  # it died
            *_, last = _objects(output.read())
            return last
        return None

    def progress(self) -> tuple[str, int, int, float | None]:
        """Return the present work ("decode", …, "landscape"), how much is done, of how much, and the seconds left."""
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
    """Return the JSON objects among the lines; others are cut, or text for people."""
    found = []
    for line in text.decode("utf-8", "replace").splitlines():
        with contextlib.suppress(ValueError):
            found.append(loads(line))
    return [line for line in found if isinstance(line, dict)]
