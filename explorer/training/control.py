"""Control of a run: by commands on standard input, by a signal, or by the end of that input."""

import io
import json
import queue
import signal
import sys
import threading

from explorer.protocol.errors import Stopped
from explorer.protocol.options import CHANGEABLE, TABLE

MOST_STEPS = 1_000_000


class Control:
    """The commands to a run, in a queue until the run takes them."""

    def __init__(self):
        self._stop = threading.Event()
        self._commands: queue.SimpleQueue[dict] = queue.SimpleQueue()  # a signal handler may put into it at any time

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()
        self._commands.put({"command": "stop"})

    def check(self) -> None:
        """Raise Stopped if the run was asked to stop. Used before the training."""
        if self.stopping:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait; raise Stopped as soon as the run is asked to stop."""
        self._stop.wait(seconds)
        self.check()

    def listen_to_signals(self) -> None:
        """Let SIGTERM and SIGINT stop the run; a second one ends the process at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._take_signal)

    def _take_signal(self, number: int, _) -> None:
        signal.signal(number, signal.SIG_DFL)
        self.stop()

    def listen_to_input(self) -> None:
        """Read commands from standard input, one JSON object a line, in a thread; the end stops the run."""
        # Unbuffered, because Python cannot exit while a thread waits for a buffered standard input.
        lines = io.FileIO(0, closefd=False)
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines) -> None:
        for line in lines:
            try:
                self.obey(json.loads(line))
            except (ValueError, TypeError, KeyError) as error:
                print(f"command not understood: {line!r} ({error})", file=sys.stderr, flush=True)
        self.stop()

    def obey(self, command: dict) -> None:
        """Obey a command; raise ValueError, TypeError or KeyError if it is invalid."""
        name = command["command"]
        if name == "stop":
            self.stop()
        elif name in ("pause", "resume", "epoch"):
            self._commands.put({"command": name})
        elif name == "step":
            steps = command.get("steps", 1)
            if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS:
                raise ValueError(f"steps must be a whole number from 1 to {MOST_STEPS:,}")
            self._commands.put({"command": name, "steps": steps})
        elif name == "set":
            changes = {key: TABLE[key].read(command[key]) for key in CHANGEABLE if key in command}
            if not changes or command.keys() - {"command", *CHANGEABLE}:
                raise ValueError(f"set takes {', '.join(CHANGEABLE)}")
            self._commands.put({"command": name, "changes": changes})
        else:
            raise ValueError("allowed are pause, resume, step, epoch, set, stop")

    def take(self, wait: bool) -> dict | None:
        """Return the next command; if there is none, wait for one, or return None."""
        try:
            return self._commands.get(block=wait)
        except queue.Empty:
            return None


class Pace:
    """When the run pauses: never, after a number of steps, or at the end of the epoch."""

    def __init__(self):
        self._steps: int | None = None  # None: it does not pause
        self._whole_epoch = False

    @property
    def paused(self) -> bool:
        return self._steps == 0

    def obey(self, command: dict) -> None:
        name = command["command"]
        if name in ("pause", "resume", "step", "epoch"):
            self._steps = {"pause": 0, "step": command.get("steps")}.get(name)
            self._whole_epoch = name == "epoch"

    def step_done(self, epoch_done: bool) -> None:
        if self._steps:
            self._steps -= 1
        if epoch_done and self._whole_epoch:
            self._steps, self._whole_epoch = 0, False
