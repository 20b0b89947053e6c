"""Starts processes of the training program; one may wait, ready to begin at once, before it is known what for."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = (sys.executable, "-m", "explorer.training")
ROOT = Path(__file__).parents[2]
NICENESS = 10  # the pages come first
FIRST_TO_GO = "1000"  # of -1000 to 1000: where memory runs out, Linux ends this process before any other


class Launcher:
    """Starts processes of `program`. idle: seconds that one may wait as a spare, 0 for none.

    Importing torch, mapping the pictures and the first step take seconds; the spare has done them. It ends when
    its input does, so not after the server. Not safe for several threads at once.
    """

    def __init__(self, program: tuple[str, ...] = PROGRAM, idle: float = 0.0):
        self._program, self._idle = program, idle
        self._spare: subprocess.Popen | None = None
        self._until = 0.0

    @property
    def waiting(self) -> bool:
        """Whether there is a spare process."""
        return self._spare is not None

    @property
    def pids(self) -> list[int]:
        """The process ids of what waits."""
        return [self._spare.pid] if self.waiting else []

    def prepare(self) -> None:
        """See that a spare process is there, if there may be one."""
        self._until = time.monotonic() + self._idle
        if self._idle and self._spare is None:
            with contextlib.suppress(OSError):  # the start that needs it says why
                self._spare = self._open(["wait"], subprocess.PIPE, subprocess.DEVNULL)

    def start(self, arguments: list[str], log: Path, answers: bool = False) -> subprocess.Popen:
        """Start the program with these arguments, its standard input a pipe, its standard error added to `log`.

        answers: whether its standard output is a pipe too; else it goes nowhere. Raises OSError if it cannot be
        started.
        """
        if self.waiting and (process := self._woken(arguments, log, answers)):
            return process
        with log.open("ab") as file:
            return self._open(arguments, subprocess.PIPE if answers else subprocess.DEVNULL, file)

    def _woken(self, arguments: list[str], log: Path, answers: bool) -> subprocess.Popen | None:
        """Return the spare process at work, None if it has died."""
        log.touch()
        process, self._spare = self._spare, None
        order = {"arguments": arguments, "output": None if answers else os.devnull, "log": str(log)}
        try:
            process.stdin.write(json.dumps(order).encode() + b"\n")
        except OSError:
            end(process)
            return None
        if not answers:
            process.stdout.close()
        return process

    def tend(self) -> None:
        """Give the spare process up if nobody has needed it for long, and keep none if it has died by itself."""
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
        _step_back(process.pid)
        return process


def _step_back(pid: int) -> None:
    """Let the process have what the pages leave of the cores, and no memory that they need, as far as a system can."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(FIRST_TO_GO)
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    # Where Linux shares the cores between sessions, a process's own niceness counts within its session only.
    session = Path(f"/proc/{pid}/autogroup")
    with contextlib.suppress(OSError):
        try:
            session.write_text(str(NICENESS))
        except BlockingIOError:  # unless it is root who asks, Linux takes one such change in a tenth of a second
            time.sleep(0.1)
            session.write_text(str(NICENESS))


def end(process: subprocess.Popen) -> None:
    """Kill a process, if it is alive, and let go of its pipes."""
    process.kill()
    process.wait()
    for pipe in filter(None, (process.stdin, process.stdout)):
        with contextlib.suppress(OSError):
            pipe.close()
