"""Classifies visitors' images with a run's trained model, in one process of the training program, one at a time."""

import contextlib
import io
import json
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from explorer.images.conversion import MOST_BYTES
from explorer.protocol.json_numbers import loads
from explorer.protocol.redact import without_paths
from explorer.runs import launcher
from explorer.runs.attendance import Present
from explorer.runs.limits import Limits, Refused
from explorer.runs.queue import Queue

LOADING = 60.0  # seconds for the process to be ready, and again to load PyTorch; they do not count for an answer
QUEUE_TIMEOUT = 60.0  # seconds that a visitor waits in the queue
POLL = 0.5  # seconds after which it is checked again whether a waiting visitor is still there
IDLE = 60.0  # seconds that the process is kept after an answer, if the host allows spare processes


class Classifier:
    """A process that has loaded PyTorch, and the queue of visitors who wait for it. Thread-safe.

    start: starts the training program with the given arguments. The process takes about 400 MB, so there is only one.
    It ends after IDLE seconds without a question, or at once if the host allows no spare process.
    """

    def __init__(self, start: Callable[[list[str]], subprocess.Popen], limits: Limits):
        self._start, self._limits = start, limits
        self._turn = threading.Condition()
        self._queue = Queue(limits.pictures)
        self._process: subprocess.Popen | None = None
        self._busy = False
        self._end_at: threading.Timer | None = None

    def classify(
        self, folder: Path, data: bytes, visitor: str, present: Present, address: str = "", inside: bool = False
    ) -> dict:
        """Return the program's answer to the image in `data`: {"logits": …} or {"failed": code, "message": …}.

        inside: whether it also tells what the image becomes in the model, layer by layer.

        explorer/training/classify.py describes it. Further codes are "waiting" (this visitor is in the queue already),
        "busy" (the queue is too long), "slow" (the answer took too long), "start" (the process cannot be started) and
        "died" (the process ended).
        """
        if len(data) > MOST_BYTES:
            return {"failed": "bytes", "message": ""}
        try:
            self._wait(visitor, present, address)
        except Refused as refused:
            return {"failed": "waiting" if refused.code == "still_waiting" else "busy", "message": ""}
        try:
            return self._ask(folder, data, inside)
        except OSError as error:
            return {"failed": "start", "message": without_paths(str(error), folder)}
        finally:
            self._pass_on()

    def close(self) -> None:
        """End the process."""
        with self._turn:
            if self._end_at:
                self._end_at.cancel()
            if self._process:
                launcher.end(self._process)
                self._process = None

    def _wait(self, visitor: str, present: Present, address: str) -> None:
        """Wait for this visitor's turn. Raises Refused if it does not come in time."""
        until, entry = time.monotonic() + QUEUE_TIMEOUT, object()
        with self._turn:
            self._queue.join(entry, visitor, address)
            while self._busy or next(iter(self._queue)) is not entry:
                self._turn.wait(POLL)
                if time.monotonic() > until or not present():
                    self._queue.leave(entry)
                    raise Refused("queue_full")
            self._queue.take()
            self._busy = True
            if self._end_at:
                self._end_at.cancel()

    def _pass_on(self) -> None:
        """Let the next visitor have their turn; if there is none, end the process after some time."""
        idle = min(IDLE, self._limits.spare)
        with self._turn:
            self._busy = False
            self._turn.notify_all()
            if self._queue or not self._process:
                return
            if idle:
                self._end_at = threading.Timer(idle, self._end_if_idle)
                self._end_at.daemon = True
                self._end_at.start()
            else:
                self.close()

    def _end_if_idle(self) -> None:
        with self._turn:
            if not self._busy:
                self.close()

    def _ask(self, folder: Path, data: bytes, inside: bool) -> dict:
        """Send the question to the process, started if need be. Raises OSError if it cannot be started."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = self._start(["classify-each"])
            self._answers = io.BufferedReader(self._process.stdout)
            ready, late = self._exchange(b"", LOADING)
            if ready is None:
                return {"failed": "slow" if late else "died", "message": ""}
        question = {"run_folder": str(folder), "bytes": len(data), "inside": inside}
        asked = json.dumps(question).encode() + b"\n" + data
        answer, late = self._exchange(asked, self._limits.picture_seconds)
        if answer and "loading" in answer:
            answer, late = self._exchange(b"", LOADING)
        return answer or {"failed": "slow" if late else "died", "message": ""}

    def _exchange(self, question: bytes, seconds: float) -> tuple[dict | None, bool]:
        """Send bytes; return the answer or None, and whether the process was killed because it took too long."""
        process, late = self._process, threading.Event()
        end = threading.Timer(seconds, lambda: (late.set(), process.kill()))
        end.start()
        answer, rest = None, memoryview(question)
        with contextlib.suppress(OSError, ValueError):  # it has ended meanwhile
            while rest:
                rest = rest[process.stdin.write(rest) :]
            answer = loads(self._answers.readline())
        end.cancel()
        if not isinstance(answer, dict):
            self.close()
            return None, late.is_set()
        return answer, False
