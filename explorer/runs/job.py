"""One piece of work in a process of the training program: its progress, from its log, and its last event."""

import contextlib
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from explorer.protocol.json_numbers import loads
from explorer.runs.process import Trainer

TAIL = 8192  # bytes that are read at the end of the log
STOPPED = {"event": "finished", "reason": "stopped"}
INTERRUPTED = {"event": "failed", "code": "interrupted", "message": ""}


class Job:
    """A process that `launch(arguments, log)` starts; it writes its progress into the file `log`.

    events: the file into which it writes its events; else they are what it writes to its output. elsewhere: as of a
    Trainer. Raises OSError if it cannot be started.
    """

    def __init__(
        self,
        launch: Callable[[list[str], Path], subprocess.Popen],
        arguments: list[str],
        log: Path,
        events: Path | None = None,
        elsewhere: bool = False,
    ):
        log.parent.mkdir(parents=True, exist_ok=True)
        if events:
            events.touch()  # a file system that is shared by machines shows a file that was there sooner than a new one
        self._process = launch(arguments, log)
        self._log, self._events = log, events
        self._lock = threading.Lock()
        self._ended: dict | None = None
        self.trainer = Trainer(self._process, elsewhere)

    def ended(self) -> dict | None:
        """Return the program's last event, None while it runs; the log is removed then."""
        with self._lock:  # only one caller can read the output
            if self._ended is None and self.trainer.exit_status is not None:
                with contextlib.suppress(ValueError, OSError):  # it died
                    *_, self._ended = _objects(self._told())
                self._ended = self._ended or (STOPPED if self.trainer.stopping else INTERRUPTED)
                self.trainer.release()
                for file in filter(None, (self._log, self._events)):
                    file.unlink(missing_ok=True)
            return self._ended

    def _told(self) -> bytes:
        """Return all that the program, which has ended, has told."""
        if self._events:
            return self._events.read_bytes()
        with self._process.stdout as output:
            return output.read()

    def progress(self) -> tuple[str, int, int]:
        """Return the present work ("download", "decode", "landscape" …), how much is done, and of how much."""
        try:
            shown = [line for line in _objects(self._log.read_bytes()[-TAIL:]) if "progress" in line]
        except OSError:
            shown = []
        if not shown:
            return "", 0, 1
        name, done, total = (shown[-1][key] for key in ("progress", "done", "total"))
        return name, done, total or 1


def _objects(text: bytes) -> list[dict]:
    """Return the JSON objects among the lines; others are cut, or text for people."""
    found = []
    for line in text.decode("utf-8", "replace").splitlines():
        with contextlib.suppress(ValueError):
            found.append(loads(line))
    return [line for line in found if isinstance(line, dict)]
