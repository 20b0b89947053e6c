"""What a run tells: events on standard output and in the run folder, progress on standard error."""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

from explorer.protocol.errors import PROGRESS, Failure, known
from explorer.protocol.json_numbers import dumps
from explorer.protocol.safe_files import PARTS
from explorer.training.control import Control


class RunFolder:
    """The folder of one run: plain JSON and plain arrays.

    Every file but the events appears whole or not at all. `resume` goes on with a folder that holds a run.
    """

    def __init__(self, path: Path, resume: bool = False):
        self.path = path
        try:
            for part in PARTS:
                (path / part).mkdir(parents=True, exist_ok=True)
            self._events = (path / "events.jsonl").open("a" if resume else "x", encoding="utf-8")
        except FileExistsError:
            raise Failure("run-dir-taken", f"{path} holds a run already, or is no folder") from None
        except OSError as error:
            raise Failure("run-dir", f"cannot write to {path}: {error}") from None

    def append(self, lines: str) -> None:
        """Add events; raise Failure if the disk takes no more."""
        try:
            self._events.write(lines)
            self._events.flush()
        except OSError as error:
            with suppress(OSError):
                self._events.close()  # else what is left in its buffer is tried again at the very end
            raise Failure("disk", f"cannot write to {self.path} any more: {error}") from None

    def write(self, name: str, save) -> None:
        """Let `save(file)` write the file `name`, whole or not at all; raise Failure if the disk takes no more."""
        try:
            write_whole(self.path / name, save)
        except (OSError, RuntimeError) as error:
            reason = error if isinstance(error, OSError) else error.__context__  # torch hides the file's own error
            if not isinstance(reason, OSError):
                raise
            raise Failure("disk", f"cannot write {self.path / name}: {reason}") from None

    def write_array(self, name: str, array: np.ndarray) -> None:
        self.write(name, lambda file: np.save(file, array, allow_pickle=False))

    def write_json(self, name: str, value: object) -> None:
        self.write(name, lambda file: file.write(dumps(value, indent=2).encode()))

    def length(self) -> int:
        """Return how many bytes of events there are."""
        return os.fstat(self._events.fileno()).st_size

    def cut(self, length: int) -> None:
        """Go back to where there were so many bytes of events; where a crash has left fewer, half a line ends there.

        Later evaluations are forgotten, and so is what belongs to the weights at the end: they change from here on.
        """
        if length <= self.length():
            self._events.truncate(length)
        else:
            self.append("\n")
        told = set()
        with (self.path / "events.jsonl").open("rb") as file:
            for line in file:
                if line.startswith(b'{"event": "epoch"'):
                    with suppress(ValueError):  # half a line
                        told.add(f"{json.loads(line)['epoch']:04d}")
        later = [file for part in PARTS for file in (self.path / part).glob("*.npy") if file.stem not in told]
        for file in (*later, self.path / "weights.pt", *(self.path / "landscapes").glob("*.json")):
            file.unlink(missing_ok=True)


def write_whole(place: Path, save) -> None:
    """Let `save(file)` write the file `place` under a temporary name, then move it to its place."""
    temporary = place.with_name(place.name + ".part")
    try:
        with temporary.open("wb") as file:
            save(file)
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class Report:
    """Events, one JSON object a line, to `stream` and to the run folder if there is one."""

    def __init__(self, stream, control: Control):
        self.folder: RunFolder | None = None
        self.full = False  # whether the folder took no more events
        self._stream = stream
        self._control = control

    def emit(self, *events: dict) -> None:
        if not events:
            return
        lines = "".join(dumps(event) + "\n" for event in events)
        try:
            self._stream.write(lines)
            self._stream.flush()
        except BrokenPipeError:
            # Nobody reads any more: end as if told to, with the run folder complete.
            self._control.stop()
            self._stream = Path(os.devnull).open("w")  # noqa: SIM115
        if self.folder:
            try:
                self.folder.append(lines)
            except Failure:
                self.folder, self.full = None, True  # what follows, the failure first, goes to the stream alone
                raise


class Progress:
    """How far long work beside the training is: JSON lines on standard error, about five a second."""

    interval = 0.2

    def __init__(self, control: Control, silent: bool = False):
        self.control = control
        self._silent = silent
        self._last = 0.0
        self._name, self._open = "", False  # what was shown last, and whether it was not at its end

    def __call__(self, name: str, done: int, total: int | None) -> None:
        """Show how far the preparation is; raise Stopped if the run is to stop."""
        self.control.check()
        self.show(name, done, total)

    def show(self, name: str, done: int, total: int | None) -> None:
        """Show how far something in PROGRESS is, if it is time to, or it is new, or at the end of what was shown."""
        name, now, ended = known(name, PROGRESS), time.monotonic(), done == total
        due = now - self._last >= self.interval or name != self._name or (ended and self._open)
        if due and not self._silent:
            self._last, self._name, self._open = now, name, not ended
            with suppress(OSError):  # nobody need know how far it is, if the log's disk is full
                print(json.dumps({"progress": name, "done": done, "total": total}), file=sys.stderr, flush=True)
