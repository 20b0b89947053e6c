"""All runs of this server: started one after the other, found by their ids, ended with the server."""

import json
import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from explorer.runs.folder import EVENTS
from explorer.runs.limits import Limits
from explorer.runs.run import Run
from explorer.runs.trainer import PROGRAM, Trainer
from explorer.training import options

ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
TICK = 0.25  # seconds between two looks at what runs
REMEMBERED = 50  # runs that are over, kept in memory
FAREWELL = 8.0  # seconds that the trainings have to end when the server stops
STOPPED = {"event": "finished", "reason": "stopped", "test_accuracy": None, "seconds": 0.0}

Present = Callable[[], bool]


class Runs:
    """The runs in `limits.folder`. Safe to call from any thread."""

    def __init__(self, limits: Limits | None = None, program: tuple[str, ...] = PROGRAM):
        self.limits = limits or Limits()
        self._program = program
        self._lock = threading.RLock()
        self._known: OrderedDict[str, Run] = OrderedDict()
        self._queue: deque[tuple[Run, dict]] = deque()
        self._training: list[Run] = []
        self._visitors: dict[str, dict[str, Present]] = {}
        self._last_seen: dict[str, float] = {}
        self._keeper: threading.Thread | None = None

    def start(self, settings: dict, visitor: str, present: Present) -> Run:
        """Start a run, or queue it, with the training program's settings by name; `visitor` owns it.

        Raises ValueError for a setting that is not allowed, OSError if the runs' folder cannot be written to.
        """
        settings = self.limits.apply(settings)
        options.command_line(settings)  # refuses what is not allowed, before there is a folder
        folder = self.limits.folder / secrets.token_urlsafe(12)
        folder.mkdir(parents=True)
        with self._lock:
            run = Run(folder, before=0)
            self._known[run.id] = run
            self._queue.append((run, settings))
            self._visitors[run.id] = {}
            self.visit(run, visitor, present)
            self._advance()
            if not (self._keeper and self._keeper.is_alive()):
                self._keeper = threading.Thread(target=self._keep, name="runs", daemon=True)
                self._keeper.start()
        return run

    def find(self, id: str) -> Run | None:
        """Return the run with this id, whoever made it, or None."""
        if not ID.fullmatch(id):
            return None
        with self._lock:
            if id not in self._known:
                if not (self.limits.folder / id / EVENTS).is_file():
                    return None
                self._known[id] = Run(self.limits.folder / id)
                self._forget()
            self._known.move_to_end(id)
            return self._known[id]

    def visit(self, run: Run, visitor: str, present: Present) -> None:
        """Keep `run` going for as long as `present()` says that this visitor is there."""
        with self._lock:
            if run.id in self._visitors:
                self._visitors[run.id][visitor] = present
                self._last_seen[run.id] = time.monotonic()

    def stop(self, run: Run) -> None:
        """End a run, or take it out of the queue."""
        with self._lock:
            for entry in self._queue:
                if entry[0] is run:
                    self._queue.remove(entry)
                    self._write_off(run)
                    break
            else:
                if run.trainer:
                    run.trainer.stop()

    def close(self) -> None:
        """End all trainings; for when the server stops."""
        with self._lock:
            for run, _ in self._queue:
                self._write_off(run)
            self._queue.clear()
            for run in self._training:
                run.trainer.stop()
            until = time.monotonic() + FAREWELL
            for run in self._training:
                run.trainer.close(max(0.0, until - time.monotonic()))
            self._training.clear()

    def _write_off(self, run: Run, event: dict = STOPPED) -> None:
        """Say in its folder how a run ended before it began."""
        (run.folder.path / EVENTS).write_text(json.dumps(event) + "\n", encoding="utf-8")
        run.before = None
        self._dismiss(run)

    def _dismiss(self, run: Run) -> None:
        del self._visitors[run.id], self._last_seen[run.id]

    def _keep(self) -> None:
        while True:
            time.sleep(TICK)
            with self._lock:
                self._advance()
                if not self._training and not self._queue:
                    self._keeper = None
                    return

    def _advance(self) -> None:
        """Let go what has ended, stop what nobody has been there for, start what can start."""
        for run in [*self._training, *(run for run, _ in self._queue)]:
            if self._deserted(run):
                self.stop(run)
        for run in list(self._training):
            run.trainer.insist()
            if run.trainer.exit_status is not None:
                self._training.remove(run)
                self._dismiss(run)
        while self._queue and len(self._training) < self.limits.runs:
            run, settings = self._queue.popleft()
            try:
                run.trainer = Trainer(run.folder.path, settings, self._program)
            except OSError as error:
                self._write_off(run, {"event": "failed", "code": "start", "message": str(error)})
                continue
            run.before = None
            self._training.append(run)
        for place, (run, _) in enumerate(self._queue):
            run.before = place + len(self._training)

    def _deserted(self, run: Run) -> bool:
        now = time.monotonic()
        if any(present() for present in self._visitors[run.id].values()):
            self._last_seen[run.id] = now
        return now - self._last_seen[run.id] > self.limits.grace

    def _forget(self) -> None:
        """Keep in memory only the runs last asked for, and all that are not over."""
        busy = {run.id for run in self._training} | {run.id for run, _ in self._queue}
        for id in [id for id in self._known if id not in busy][:-REMEMBERED]:
            del self._known[id]
