"""A process of the training program: it gets commands, and ends with the server.

The commands go to its standard input. That input ends when the server dies, in whatever way, and then the run ends.
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
        # A process that reads no commands must not block the server.
        with contextlib.suppress(AttributeError, OSError):  # Python 3.11 on Windows cannot
            os.set_blocking(process.stdin.fileno(), False)
        self._stopped_at: float | None = None  # when it was asked to stop, or last made progress after that
        self._progress: object = None
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
        """Send the program a command, which it obeys after the present step."""
        line = json.dumps({"command": name} | values).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError):  # it has ended, or does not read
            self._process.stdin.write(line)

    def stop(self) -> None:
        """Ask the program to evaluate once more and then end."""
        if not self.stopping:
            self._stopped_at = time.monotonic()
            self.send("stop")

    def kill_if_overdue(self, seconds: float, progress: object = None) -> None:
        """Kill the process if it was asked to stop, and `progress` has not changed for so many seconds since."""
        if progress != self._progress:
            self._progress, self._stopped_at = progress, time.monotonic()
        if time.monotonic() - self._stopped_at > seconds and self.exit_status is None:
            self.overdue = True
            self._process.kill()

    def release(self) -> None:
        """Close the pipe to the process."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def close(self, seconds: float = 0.0) -> None:
        """Close its input, which ends the process; kill it if it has not ended after `seconds`."""
        self.release()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
