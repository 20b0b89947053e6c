"""All runs of this server: started in turn, found by their ids, and ended with the server."""

import contextlib
import functools
import math
import os
import secrets
import subprocess
import threading
import time
from pathlib import Path

from explorer.protocol import options
from explorer.protocol.ownership import hashed
from explorer.protocol.redact import without_paths
from explorer.runs import own_images
from explorer.runs.attendance import Attendance, Present
from explorer.runs.classification import Classifier
from explorer.runs.known import Known, last_alike, settings_of
from explorer.runs.landscape_job import Computation, Computations
from explorer.runs.launcher import PROGRAM, Launcher
from explorer.runs.limits import Limits, Refused, memory_refusal
from explorer.runs.photographs import Photographs
from explorer.runs.queue import Queue
from explorer.runs.run import STOPPED, Run
from explorer.runs.storage import STARTED, Storage
from explorer.runs.uploads import Uploads

TICK = 0.25  # seconds between two checks of the processes
CHECK = 30.0  # seconds between two checks of the disk while something runs
LEAVING = 1.0  # seconds in which a finished process has to exit before its run is resumed
SHUTDOWN_SECONDS = 8.0  # in which the trainings have to end when the server stops


class Runs:
    """The runs in `limits.folder`. Thread-safe.

    Whoever starts a run owns it, which the secret from `start` proves. Only the owner controls the run. It ends some
    time after the owner's last session has gone, unless it is to be kept.
    """

    def __init__(self, limits: Limits | None = None, program: tuple[str, ...] = PROGRAM):
        self.limits = limits or Limits()
        self._launcher = Launcher(program, self.limits.spare, self.limits.launch)
        self._here = Launcher(program) if self.limits.launch else self._launcher  # for short work
        self._lock = threading.RLock()
        self._known = Known()
        self._queue = Queue(self.limits.waiting)
        self._training: list[Run] = []
        self._attendance = Attendance()
        self._computations = Computations()
        self._keeper: threading.Thread | None = None
        self._storage = Storage(self.limits)
        self._made_room = -math.inf
        self.classifier = Classifier(self.process, self.limits)
        self.photographs = Photographs(self.process)
        # A process of its own: the spare one is for the run that the visitor starts next.
        self.uploads = Uploads(self.limits, self.make_room, functools.partial(Launcher(program).start, answers=True))

    def start(self, settings: dict, visitor: str, present: Present, address: str = "") -> tuple[Run, str]:
        """Start a run, or queue it, with the training program's settings by name; return it and its owner's secret.

        address: the visitor's address, if known. Raises Refused if there is no place in the queue or too little memory,
        or if a visitor's images have been removed, ValueError for a setting that is not allowed, OSError if the runs'
        folder cannot be written to.
        """
        settings = self.limits.apply(settings)
        options.command_line(settings)  # raises for settings that are not allowed, before a folder is made
        self.make_room()
        with self._lock:
            self._queue.check(visitor, address)
            if refused := self.memory_refusal(settings):
                raise refused
            folder = self.limits.folder / secrets.token_urlsafe(12)
            folder.mkdir(parents=True)  # raises now if that is not possible
            folder.rmdir()
            if images := settings.get("data_dir"):  # a visitor's
                own_images.keep(images)
            secret = secrets.token_urlsafe(24)
            run = Run(folder, before=0, settings=settings, owner=hashed(secret))
            self._known[run.id] = run
            self._enter(run, secret, visitor, present, address)
        return run, secret

    def resume(self, run: Run, secret: str, visitor: str, present: Present, address: str = "") -> None:
        """Resume a run from its last checkpoint, behind everything in the queue.

        One that is waiting or training already is left alone. Raises PermissionError for anybody but the owner, Refused
        as `start` does, or if there is no checkpoint.
        """
        _check(run, secret)
        if (trainer := run.trainer) and run.over():
            trainer.close(LEAVING)  # it has written its last event and is about to exit
        with self._lock:
            self._advance()
            if run in self._busy():
                return
            if not run.resumable:
                raise Refused("no_checkpoint")
            if run.settings is None:
                run.settings = settings_of(run)
            self._queue.check(visitor, address)
            if refused := self.memory_refusal(run.settings):
                raise refused
            run.requeue()
            self._known[run.id] = run
            self._enter(run, secret, visitor, present, address)

    def compute(self, computation: Computation, visitor: str, present: Present, address: str = "") -> Computation:
        """Start a computation, or queue it among the runs; if the same one is there already, return that one.

        It goes on as long as anybody who asked for it is present. Raises Refused if there is no place in the queue.
        """
        with self._lock:
            self._advance()  # one that has ended is removed before another gets its id
            known = self._computations.get(computation.id)
            if known in self._busy():
                self.mark_present(known, known.secret, visitor, present)
                return known
            self._queue.check(visitor, address)
            self._enter(computation, computation.secret, visitor, present, address)
            self._computations.add(computation)
        return computation

    def computation(self, id: str) -> Computation | None:
        """Return the computation with this id, if it is remembered."""
        with self._lock:
            return self._computations.get(id)

    def _enter(self, run: "Run | Computation", secret: str, visitor: str, present: Present, address: str) -> None:
        """Add `run` to the queue, with its first visitor."""
        self._queue.join(run, visitor, address)
        self.mark_present(run, secret, visitor, present)
        self._advance()
        self._watch()

    def prepare(self, settings: dict | None = None) -> None:
        """Start a spare process for what a visitor may start soon, unless a process is at work already.

        settings: with which a training may start soon.
        """
        expected = options.command_line(settings) if settings else []
        with self._lock:
            if not self._busy():
                self._launcher.prepare(expected)
                self._watch()

    def process(self, arguments: list[str], log: Path = Path(os.devnull)) -> subprocess.Popen:
        """Start the program for short work outside the queue; its input and output are pipes.

        The caller has to end it. Raises OSError if it cannot be started.
        """
        with self._lock:
            return self._here.start(arguments, log, answers=True)

    def _watch(self) -> None:
        """Start the thread that looks after the processes, unless it is running."""
        if not (self._keeper and self._keeper.is_alive()):
            self._keeper = threading.Thread(target=self._keep, name="runs", daemon=True)
            self._keeper.start()

    def find(self, id: str) -> Run | None:
        """Return the run with this id, whoever made it, or the recorded run of this name, or None."""
        with self._lock:
            return self._known.find(id, self.limits.folder, self._storage, self._busy)

    def last_alike(self, settings: dict) -> Run | None:
        """Return the last run of this server that has trained alike, as `known.last_alike` says."""
        with self._lock:
            known = list(self._known.values())
        return last_alike(known, settings)

    def mark_present(self, run: Run, secret: str, visitor: str, present: Present) -> None:
        """Keep the owner's `run` going for as long as `present()` says that this visitor is there."""
        with self._lock:
            if run in self._busy() and run.owned_by(secret):
                self._attendance.mark_present(run, visitor, present)

    def keep(self, run: Run, secret: str, kept: bool) -> None:
        """Let `run` go on when its owner has left, or not.

        Raises PermissionError for anybody but the owner, Refused if it is not training yet, or if the limit of kept
        runs is reached.
        """
        _check(run, secret)
        with self._lock:
            if kept and run not in self._training:
                raise Refused("keep_waiting")
            if kept and sum(one.keep_running for one in self._training if one is not run) >= self.limits.kept:
                raise Refused("keep_full", most=self.limits.kept)
            run.keep_running = kept

    def memory_refusal(self, settings: dict) -> Refused | None:
        """Return why a training with these settings is refused for lack of memory here, None if it is not."""
        ending = self._training if len(self._training) >= self.limits.runs else []
        return memory_refusal(settings, self._launcher.memory([run.trainer.pid for run in ending]))

    def command(self, run: Run, secret: str, name: str, **values) -> None:
        """Send a command of the training program to `run`; "stop" takes it out of the queue too.

        Raises PermissionError for anybody but the owner.
        """
        _check(run, secret)
        with self._lock:
            if name == "stop":
                self._stop(run)
            else:
                run.send(name, **values)

    def _stop(self, run: Run) -> None:
        if self._queue.leave(run):
            self._end_unstarted(run)
        elif run.trainer:
            run.trainer.stop()

    def make_room(self) -> None:
        """Remove old runs from the disk. Raises Refused if the limit is exceeded by runs that are in use."""
        with self._lock:
            busy = {run.id.partition("/")[0] for run in self._busy()}
            busy |= {f"recorded-{id}" for id in busy}
            for run in self._queue:  # it copies its images, or an earlier run's, when it begins
                busy.update(Path((run.settings or {}).get("data_dir") or "").parts)
            seen = {id: STARTED + run.seen for id, run in self._known.items()}
        self._made_room = time.monotonic()
        self._storage.make_room(busy, seen)

    def busy(self) -> list[Run | Computation]:
        """Return the runs and computations that are at work or waiting."""
        with self._lock:
            return self._busy()

    def _busy(self) -> list[Run | Computation]:
        return [*self._training, *self._queue]

    def close(self) -> None:
        """End all processes; for when the server stops."""
        self.classifier.close()
        self.photographs.close()
        with self._lock:
            for run in list(self._queue):
                self._stop(run)
            for run in self._training:
                run.trainer.stop()
            until = time.monotonic() + SHUTDOWN_SECONDS
            for run in self._training:
                run.trainer.close(max(0.0, until - time.monotonic()))
            self._training.clear()
            self._launcher.give_up()

    def _end_unstarted(self, run: Run, event: dict = STOPPED) -> None:
        """Note how a run ended before it was started."""
        run.end_unstarted(event)
        self._attendance.dismiss(run)

    def _keep(self) -> None:
        while True:
            time.sleep(TICK)
            if time.monotonic() - self._made_room > CHECK:
                self._check_storage()
            with self._lock:
                self._advance()
                self._launcher.tend()
                if not self._busy() and not self._launcher.waiting:
                    self._keeper = None
                    return

    def _check_storage(self) -> None:
        """Remove old runs, and stop a training that takes too much of the disk."""
        with contextlib.suppress(Refused):
            self.make_room()
        with self._lock:
            for run in self._training:
                if isinstance(run, Run) and self._storage.outgrown(run.folder.path):
                    run.outgrown = True
                    run.trainer.stop()

    def _advance(self) -> None:
        """Remove what has ended, stop what nobody is present at, and start what can start."""
        for run in self._busy():
            if not run.keep_running and self._attendance.seconds_alone(run) > self.limits.grace:
                self._stop(run)
        for run in list(self._training):
            run.tend()
            if run.trainer.exit_status is not None:
                run.over()  # reads its last events
                run.trainer.release()
                self._training.remove(run)
                self._attendance.dismiss(run)
        while self._queue and len(self._training) < self.limits.runs:
            run = self._queue.take()
            try:
                run.trainer = run.launch(self._launcher)
            except OSError as error:
                message = without_paths(str(error), self.limits.folder)
                self._end_unstarted(run, {"event": "failed", "code": "start", "message": message})
                continue
            run.queue_position = None
            self._training.append(run)
        for position, run in enumerate(self._queue):
            run.queue_position = position + len(self._training)


def _check(run: Run, secret: str) -> None:
    if not run.owned_by(secret):
        raise PermissionError(f"the run {run.id} belongs to somebody else")
