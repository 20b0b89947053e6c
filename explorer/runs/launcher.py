"""Starts processes of the training program. A spare one may be started ahead, so that the next run begins at once."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from explorer.protocol import machine

PROGRAM = (sys.executable, "-m", "explorer.training")
ROOT = Path(__file__).parents[2]
NICENESS = 10  # lower priority than the pages
REHEARSALS = 8  # of one spare process: whatever is set on the page, a start must not wait for long
OOM_SCORE = "1000"  # from -1000 to 1000: if memory runs out, Linux kills the process with the highest first


class Launcher:
    """Starts processes of `program`. idle: seconds that a spare process is kept, 0 for none.

    words: a command that starts the program for us, on whatever machine; then no spare process is kept.

    The spare process has already imported torch, mapped the images and done a first step with the arguments that are
    expected, which takes seconds. It ends when its input ends, and so with the server. Not thread-safe.
    """

    def __init__(self, program: tuple[str, ...] = PROGRAM, idle: float = 0.0, words: tuple[str, ...] = ()):
        self._program, self._idle = (*words, *program), 0.0 if words else idle
        self.elsewhere = bool(words)
        self._spare: subprocess.Popen | None = None
        self._rehearsed: list[list[str]] = []  # the arguments that it was told to expect, one after the other
        self._until = 0.0

    @property
    def waiting(self) -> bool:
        """Whether there is a spare process."""
        return self._spare is not None

    def memory(self, ending: list[int]) -> int | None:
        """Return the bytes of memory that the next process will find free, None if that is not known.

        ending: the ids of processes that will have ended before it begins.
        """
        free = None if self.elsewhere else machine.available()
        if free is None:
            return None
        freed = [*ending, self._spare.pid] if self.waiting else ending
        return free + sum(map(machine.beside_files, freed))

    def prepare(self, expected: list[str]) -> None:
        """Start a spare process, unless there is one or none is allowed, and let it rehearse the expected arguments."""
        self._until = time.monotonic() + self._idle
        with contextlib.suppress(OSError):  # the next start reports the error
            if self._idle and self._spare is None:
                self._spare = self._open(["wait"], subprocess.PIPE, subprocess.DEVNULL)
                self._rehearsed = []
            if self.waiting and expected and expected not in self._rehearsed and len(self._rehearsed) < REHEARSALS:
                self._write({"rehearse": expected})
                self._rehearsed.append(expected)

    def _write(self, order: dict) -> None:
        self._spare.stdin.write(json.dumps(order).encode() + b"\n")

    def start(self, arguments: list[str], log: Path, answers: bool = False) -> subprocess.Popen:
        """Start the program with these arguments, its standard input a pipe, its standard error added to `log`.

        answers: whether its standard output is a pipe too; otherwise it is discarded. Raises OSError if the process
        cannot be started.
        """
        if self.waiting and (process := self._start_spare(arguments, log, answers)):
            return process
        with log.open("ab") as file:
            return self._open(arguments, subprocess.PIPE if answers else subprocess.DEVNULL, file)

    def _start_spare(self, arguments: list[str], log: Path, answers: bool) -> subprocess.Popen | None:
        """Give the spare process its arguments and return it; None if it has died."""
        log.touch()
        process = self._spare
        try:
            self._write({"arguments": arguments, "output": None if answers else os.devnull, "log": str(log)})
        except OSError:
            self.give_up()
            return None
        self._spare = None
        if not answers:
            process.stdout.close()
        return process

    def tend(self) -> None:
        """End the spare process if it is no longer needed; after one that died by itself, start no further ones."""
        if self.waiting and self._spare.poll() is not None:
            self._idle = 0.0
            self.give_up()
        elif time.monotonic() > self._until:
            self.give_up()

    def give_up(self) -> None:
        """End the spare process."""
        if self.waiting:
            end(self._spare)
            self._spare = None

    def _open(self, arguments: list[str], output, log) -> subprocess.Popen:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(
            [*self._program, *arguments],
            stdin=subprocess.PIPE,
            bufsize=0,
            stdout=output,
            stderr=log,
            env=os.environ | {"PYTHONPATH": path},
            start_new_session=True,
        )
        _lower_priority(process.pid)
        return process


def _lower_priority(pid: int) -> None:
    """Give the process a lower priority than the pages, for cores and for memory, as far as the system allows it."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(OOM_SCORE)
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    # With autogroups, Linux shares the cores between sessions, and niceness counts only within a session.
    session = Path(f"/proc/{pid}/autogroup")
    with contextlib.suppress(OSError):
        try:
            session.write_text(str(NICENESS))
        except BlockingIOError:  # Linux allows one such change every tenth of a second
            time.sleep(0.1)
            session.write_text(str(NICENESS))


def end(process: subprocess.Popen) -> None:
    """Kill a process if it is alive, and close its pipes."""
    process.kill()
    process.wait()
    for pipe in filter(None, (process.stdin, process.stdout)):
        with contextlib.suppress(OSError):
            pipe.close()
