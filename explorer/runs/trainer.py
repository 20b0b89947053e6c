"""The training program as a process: started, told to stop, and never outliving the server.

Its standard input carries the commands. When the server dies, however it dies, that input ends, and so does
the run.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from explorer.runs.folder import LOG
from explorer.training import options

PROGRAM = (sys.executable, "-m", "explorer.training")
ROOT = Path(__file__).parents[2]
NICENESS = 10  # the pages come first
PATIENCE = 30.0  # seconds from "stop" to the last event: an evaluation lies between them


class Trainer:
    """One process of `program`, which writes the run folder `folder`."""

    def __init__(self, folder: Path, settings: dict, program: tuple[str, ...] = PROGRAM):
        arguments = options.command_line(settings | {"run_dir": folder, "commands": True})
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        with (folder / LOG).open("ab") as log:
            self._process = subprocess.Popen(
                [*program, *arguments],
                stdin=subprocess.PIPE,
                bufsize=0,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=os.environ | {"PYTHONPATH": path},
                start_new_session=True,
            )
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):  # it has ended already
                os.setpriority(os.PRIO_PROCESS, self._process.pid, NICENESS)
        self._kill_at: float | None = None

    @property
    def exit_status(self) -> int | None:
        """The process's exit status (negative: the signal that ended it), None while it runs."""
        return self._process.poll()

    @property
    def stopping(self) -> bool:
        return self._kill_at is not None

    def send(self, name: str, **values) -> None:
        """Send the program a command, which it heeds after its present step."""
        line = json.dumps({"command": name} | values).encode() + b"\n"
        with contextlib.suppress(OSError):  # it has ended already, or reads nothing
            self._process.stdin.write(line)

    def stop(self) -> None:
        """Ask the program to evaluate once more and end."""
        if not self.stopping:
            self._kill_at = time.monotonic() + PATIENCE
            self.send("stop")

    def insist(self) -> None:
        """Kill the process if it was asked to stop and has not in good time."""
        if self.stopping and time.monotonic() > self._kill_at:
            self._process.kill()

    def close(self, seconds: float) -> None:
        """End the process within `seconds`: its input ends now, and at the end it is killed."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
