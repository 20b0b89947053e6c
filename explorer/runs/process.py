"""A training at work as a process: commanded, told to stop, and never outliving the server.

Its standard input carries the commands. When the server dies, however it dies, that input ends, and so does
the run.
"""

import contextlib
import json
import os
import subprocess
import time


class Trainer:
    """One process of the training program that reads commands."""

    def __init__(self, process: subprocess.Popen):
        self._process = process
        # One that reads no commands must not keep whoever sends them waiting.
        with contextlib.suppress(AttributeError, OSError):  # Python 3.11 on Windows cannot
            os.set_blocking(process.stdin.fileno(), False)
        self._stopped_at: float | None = None  # or since when it has given no sign
        self._sign: object = None
        self.overdue = False  # whether it was killed because it did not stop

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """The process's exit status (negative: the signal that ended it), None while it runs."""
        return self._process.poll()

    @property
    def stopping(self) -> bool:
        return self._stopped_at is not None

    def send(self, name: str, **values) -> None:
        """Send the program a command, which it heeds after its present step."""
        line = json.dumps({"command": name} | values).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError):  # it has ended already, or reads nothing
            self._process.stdin.write(line)

    def stop(self) -> None:
        """Ask the program to evaluate once more and end."""
        if not self.stopping:
            self._stopped_at = time.monotonic()
            self.send("stop")

    def kill_if_overdue(self, seconds: float, sign: object = None) -> None:
        """Kill the process if it was asked to stop and for so many seconds has not ended, nor given another `sign`."""
        if sign != self._sign:
            self._sign, self._stopped_at = sign, time.monotonic()
        if time.monotonic() - self._stopped_at > seconds and self.exit_status is None:
            self.overdue = True
            self._process.kill()

    def release(self) -> None:
        """Let go of the pipe to a process that has ended."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def close(self, seconds: float = 0.0) -> None:
        """End the process within `seconds`: its input ends now, and at the end it is killed."""
        self.release()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
