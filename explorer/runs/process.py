"""A process of the training program: it gets commands, and ends with the server.

The commands go to its standard input. That input ends when the server dies, in whatever way, and then the run ends.
"""

import contextlib
import json
import os
import signal
import subprocess
import time

TERMINATED = 30.0  # seconds from SIGTERM to SIGKILL; launchers give their processes as long
LAST_SECONDS = 5.0  # the same when the server stops


class Trainer:
    """One process of the training program that reads commands.

    elsewhere: it is a launcher's, which gives up its place in a queue, or ends what it has started, when it is sent
    SIGTERM; killed at once it might leave that behind.
    """

    def __init__(self, process: subprocess.Popen, elsewhere: bool = False):
        self._process = process
        self.elsewhere = elsewhere
        self._terminated_at: float | None = None
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
            self.end()

    def end(self) -> None:
        """End the process at once; a launcher is asked to first, and killed by a later call if it takes too long."""
        if not self.elsewhere or (self._terminated_at and time.monotonic() - self._terminated_at > TERMINATED):
            self._kill()
        elif self._terminated_at is None:
            self._terminated_at = time.monotonic()
            self._process.terminate()

    def _kill(self) -> None:
        if self.elsewhere and self.exit_status is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # what it has started here, too
        self._process.kill()

    def release(self) -> None:
        """Close the pipe to the process."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def close(self, seconds: float = 0.0) -> None:
        """Close its input, which ends the process; end it if it has not ended after `seconds`."""
        self.release()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return
        if self.elsewhere:
            self.end()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LAST_SECONDS)
        self._kill()
        self._process.wait()
