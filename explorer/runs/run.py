"""One run as the pages and the browser see it."""

import hashlib
import hmac
import json
import threading
import time
from pathlib import Path

from explorer.runs.folder import RunFolder
from explorer.runs.history import Row
from explorer.runs.trainer import Trainer
from explorer.wire import to_wire

WAITING, STARTING, RUNNING = "waiting", "starting", "running"
FINISHED, FAILED, INTERRUPTED = "finished", "failed", "interrupted"
OVER = (FINISHED, FAILED, INTERRUPTED)

FRESH = 0.2  # seconds for which what was read counts as new
SILENCE = 60.0  # seconds without an event after which a run from elsewhere counts as interrupted
ROWS, EPOCHS = 120, 30  # in one answer: under 10 kB


def hashed(secret: str) -> bytes:
    """Return what the server keeps of an owner's secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


class Run:
    """A run: its folder, and its process if this server started it.

    `before` is how many runs are in front of it while it waits in the queue, None once it has left it; `settings`
    are those of the training program, if this server started it. `kept`: whether it goes on when its owner has
    left; `held`: whether it was last told to rest.
    """

    def __init__(self, folder: Path, before: int | None = None, settings: dict | None = None, owner: bytes = b""):
        self.folder = RunFolder(folder)
        self.before = before
        self.settings = settings
        self.kept = self.held = False
        self._owner = owner
        self.trainer: Trainer | None = None
        self._lock = threading.Lock()
        self._read_at = -FRESH
        self._state = STARTING
        self._answers: dict[str, bytes] = {}

    @property
    def id(self) -> str:
        return self.folder.path.name

    def owned_by(self, secret: str) -> bool:
        """Return whether `secret` is the owner's. A run from elsewhere, or from an earlier server, has no owner."""
        return hmac.compare_digest(hashed(secret), self._owner)

    def state(self) -> str:
        """Return the state, at most 0.2 s old."""
        with self._lock:
            self._look()
            return self._state

    def over(self) -> bool:
        return self.state() in OVER

    def answer(self, cursor: str) -> bytes:
        """Return, as JSON under 10 kB, what is new since the answer that gave `cursor` ("": all).

        "steps" and "epochs" each hold rows and "from", the place of the first of them: what a watcher has
        from there on is out of date. "more" says that the rest can be had at once.
        """
        with self._lock:
            self._look()
            if cursor not in self._answers:
                answer = to_wire(self._since(cursor))
                self._answers[cursor] = json.dumps(answer, allow_nan=False, separators=(",", ":")).encode()
            return self._answers[cursor]

    def _look(self) -> None:
        if time.monotonic() - self._read_at < FRESH:
            return
        # First whether the process lives, then what it wrote: its last words are not missed.
        exit_status = self.trainer.exit_status if self.trainer else None
        self.folder.read()
        self._state = self._judge(exit_status)
        self._read_at = time.monotonic()
        self._answers.clear()

    def _judge(self, exit_status: int | None) -> str:
        ended = self.folder.ended
        if ended:
            return FINISHED if ended["event"] == "finished" else FAILED
        if self.before is not None:
            return WAITING
        silent = not self.trainer and self.folder.silent_seconds() > SILENCE
        if exit_status is not None or silent:
            return INTERRUPTED
        return RUNNING if self.folder.started else STARTING

    def _since(self, cursor: str) -> dict:
        history, epochs = self.folder.history, self.folder.epochs
        width, row, epoch = _parse(cursor)
        if width != history.width or row > len(history.rows):
            row = 0
        epoch = min(epoch, len(epochs))
        rows, some = history.rows[row : row + ROWS], epochs[epoch : epoch + EPOCHS]
        next_row, next_epoch = row + len(rows), epoch + len(some)
        more = next_row < len(history.rows) or next_epoch < len(epochs)
        if next_row == len(history.rows):
            next_row = max(0, next_row - 1)  # the last row may still grow
        return {
            "cursor": f"{history.width}-{next_row}-{next_epoch}",
            "more": more,
            "steps": {"from": row, "rows": [_summary(item) for item in rows]},
            "epochs": {"from": epoch, "rows": [_evaluation(item) for item in some]},
            **self._now(),
        }

    def _now(self) -> dict:
        folder, trainer = self.folder, self.trainer
        progress, last_line = folder.log_tail() if self._state != FINISHED else (None, "")
        last = folder.history.rows[-1] if folder.history.rows else None
        return {
            "state": self._state,
            "before": self.before,
            "stopping": bool(trainer and trainer.stopping),
            "started": folder.started,
            "ended": folder.ended,
            "progress": progress,
            "width": folder.history.width,
            "diverged": folder.history.diverged,
            "images": last.images if last else 0,
            "seconds": last.seconds if last else 0.0,
            "images_per_second": folder.images_per_second,
            "exit_status": trainer.exit_status if trainer else None,
            "last_line": last_line[:400] if self._state == INTERRUPTED else "",
        }


def _parse(cursor: str) -> tuple[int, int, int]:
    """Read "width-row-epoch"; whatever else it is asks for everything."""
    parts = cursor.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        return 0, 0, 0
    return tuple(int(part) for part in parts)


def _summary(row: Row) -> list:
    """First and last step, mean, least and greatest loss, learning rate."""
    return [row.first, row.last, *map(_short, (row.mean, row.low, row.high, row.learning_rate))]


def _evaluation(event: dict) -> dict:
    names = ("epoch", "step", "train_loss", "test_loss", "test_accuracy")
    return {name: _short(event.get(name)) for name in names}


def _short(value):
    return float(f"{value:.5g}") if isinstance(value, float) else value
