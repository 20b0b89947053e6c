"""What a run's trained model says of a visitor's image: asked of one process of the training program, one at a time."""

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
from explorer.runs.line import Line

LOADING = 60.0  # seconds that the process has to be ready, and to load PyTorch, which no answer is to pay for
STOP_TIMEOUT = 60.0  # seconds that a visitor waits in line
LOOK = 0.5  # seconds between two looks at whether one who waits is still there
IDLE = 60.0  # seconds that the process stays after an answer, where processes may wait at all


class Classifier:
    """A process that knows PyTorch and the models it was last asked for, and the line of visitors before it.

    start: starts the training program with these arguments. The process takes some 400 MB, so there is one, and it
    ends when it has not been asked for some time, at once where the host lets none wait. Safe to call from any thread.
    """

    def __init__(self, start: Callable[[list[str]], subprocess.Popen], limits: Limits):
        self._start, self._limits = start, limits
        self._turn = threading.Condition()
        self._line = Line(limits.pictures)
        self._process: subprocess.Popen | None = None
        self._busy = False
        self._end_at: threading.Timer | None = None

    def classify(self, folder: Path, data: bytes, visitor: str, present: Present, address: str = "") -> dict:
        """Return the program's answer to the image in `data`: {"logits": …} or {"failed": code, "message": …}.

        explorer/training/classify.py says what is in it. Beside its codes there are "waiting" (this visitor has one in
        line), "busy" (too many are before it), "slow" (it took too long), "start" (it cannot be started) and "died".
        """
        if len(data) > MOST_BYTES:
            return {"failed": "bytes", "message": ""}
        try:
            self._queue(visitor, present, address)
        except Refused as refused:
            return {"failed": "waiting" if refused.code == "still_waiting" else "busy", "message": ""}
        try:
            return self._ask(folder, data)
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

    def _queue(self, visitor: str, present: Present, address: str) -> None:
        """Wait for this visitor's turn. Raises Refused if it does not come."""
        until, place = time.monotonic() + STOP_TIMEOUT, object()
        with self._turn:
            self._line.join(place, visitor, address)
            while self._busy or next(iter(self._line)) is not place:
                self._turn.wait(LOOK)
                if time.monotonic() > until or not present():
                    self._line.leave(place)
                    raise Refused("queue_full")
            self._line.take()
            self._busy = True
            if self._end_at:
                self._end_at.cancel()

    def _pass_on(self) -> None:
        """Let the next one have its turn; if there is none, the process may rest for some time."""
        idle = min(IDLE, self._limits.spare)
        with self._turn:
            self._busy = False
            self._turn.notify_all()
            if self._line or not self._process:
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

    def _ask(self, folder: Path, data: bytes) -> dict:
        """Put the question to the process. Raises OSError if there can be none."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = self._start(["classify-each"])
            self._answers = io.BufferedReader(self._process.stdout)
            ready, late = self._heard(b"", LOADING)
            if ready is None:
                return {"failed": "slow" if late else "died", "message": ""}
        question = json.dumps({"run_folder": str(folder), "bytes": len(data)}).encode() + b"\n"
        answer, late = self._heard(question + data, self._limits.picture_seconds)
        if answer and "loading" in answer:
            answer, late = self._heard(b"", LOADING)
        return answer or {"failed": "slow" if late else "died", "message": ""}

    def _heard(self, question: bytes, seconds: float) -> tuple[dict | None, bool]:
        """Return what the process answers, None if nothing; and whether it was ended because it took too long."""
        process, late = self._process, threading.Event()
        end = threading.Timer(seconds, lambda: (late.set(), process.kill()))
        end.start()
        answer, rest = None, memoryview(question)
        with contextlib.suppress(OSError, ValueError):  # it has ended on the way
            while rest:
                rest = rest[process.stdin.write(rest) :]
            answer = loads(self._answers.readline())
        end.cancel()
        if not isinstance(answer, dict):
            self.close()
            return None, late.is_set()
        return answer, False
