"""How a run is told to stop: by a signal, by a command on standard input, or by the end of that input."""

import io
import json
import signal
import sys
import threading

from explorer.training.failures import Stopped


class Control:
    """What the outside wants of the run."""

    def __init__(self):
        self._stop = threading.Event()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()

    def check(self) -> None:
        """Raise Stopped if the run was asked to stop; for work before the training."""
        if self.stopping:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait; raise Stopped as soon as the run is asked to stop."""
        self._stop.wait(seconds)
        self.check()

    def listen_to_signals(self) -> None:
        """Let SIGTERM and SIGINT stop the run; sent again, they end the process at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._take_signal)

    def _take_signal(self, number: int, _) -> None:
        signal.signal(number, signal.SIG_DFL)
        self.stop()

    def listen_to_input(self) -> None:
        """Read commands from standard input, JSON objects one a line, in a thread; their end stops the run."""
        # Unbuffered: Python cannot end while a thread waits in a buffered standard input.
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
        """Carry out one command; raise ValueError if there is no such command."""
        if command["command"] != "stop":
            raise ValueError("allowed is stop")
        self.stop()
