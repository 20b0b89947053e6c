"""The output of a run: events on standard output and in the run folder, progress on standard error."""

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
    """The folder of one run: JSON and arrays.

    Every file but the events is written completely or not at all. `resume`: the folder holds a run already.
    """

    def __init__(self, path: Path, resume: bool = False):
        self.path = path
        try:
            for part in PARTS:
                (path / part).mkdir(parents=True, exist_ok=True)
            self._events = (path / "events.jsonl").open("a" if resume else "x", encoding="utf-8")
        except FileExistsError:
            raise Failure("run-dir-taken", f"{path} already contains a run, or is not a folder") from None
        except OSError as error:
            raise Failure("run-dir", f"cannot write to {path}: {error}") from None

    def append(self, lines: str) -> None:
        """Add events; raise Failure if the disk is full."""
        try:
            self._events.write(lines)
            self._events.flush()
        except OSError as error:
            with suppress(OSError):
                self._events.close()  # otherwise Python would try to write its buffer again at exit
            raise Failure("disk", f"can no longer write to {self.path}: {error}") from None

    def write(self, name: str, save) -> None:
        """Let `save(file)` write the file `name` completely or not at all; raise Failure if the disk is full."""
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
        """Return the size of the events in bytes."""
        return os.fstat(self._events.fileno()).st_size

    def cut(self, length: int) -> None:
        """Truncate the events to so many bytes; if a crash has left fewer, end the incomplete line.

        Later evaluations are removed, and so is what belongs to the final weights.
        """
        if length <= self.length():
            self._events.truncate(length)
        else:
            self.append("\n")
        epochs = set()
        with (self.path / "events.jsonl").open("rb") as file:
            for line in file:
                if line.startswith(b'{"event": "epoch"'):
                    with suppress(ValueError):  # an incomplete line
                        epochs.add(f"{json.loads(line)['epoch']:04d}")
        later = [file for part in PARTS for file in (self.path / part).glob("*.npy") if file.stem not in epochs]
        for file in (*later, self.path / "weights.pt", *(self.path / "landscapes").glob("*.json")):
            file.unlink(missing_ok=True)


def write_whole(path: Path, save) -> None:
    """Let `save(file)` write the file under a temporary name, then rename it to `path`."""
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("wb") as file:
            save(file)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class Report:
    """Writes events, one JSON object a line, to `stream`, and to the run folder if there is one."""

    def __init__(self, stream, control: Control):
        self.folder: RunFolder | None = None
        self.full = False  # whether the disk was full
        self._stream = stream
        self._control = control

    def emit(self, *events: dict) -> None:
        if not events:
            return
        lines = "".join(dumps(event) + "\n" for event in events)
        try:
            self._write(events, lines)
        except BrokenPipeError:
            # Nobody reads any more: stop, with a complete run folder.
            self._control.stop()
            self._stream = Path(os.devnull).open("w")  # noqa: SIM115
        if self.folder:
            try:
                self.folder.append(lines)
            except Failure:
                self.folder, self.full = None, True  # further events go to the stream alone
                raise

    def _write(self, events: tuple[dict, ...], lines: str) -> None:
        self._stream.write(lines)
        self._stream.flush()


def _as_json(name: str, done: int, total: int | None) -> None:
    print(json.dumps({"progress": name, "done": done, "total": total}), file=sys.stderr, flush=True)


class Progress:
    """The progress of long work, about five times a second: as JSON lines on standard error, or as `shown` shows it."""

    shown = staticmethod(_as_json)

    interval = 0.2

    def __init__(self, control: Control, silent: bool = False):
        self.control = control
        self._silent = silent
        self._last = 0.0
        self._name, self._open = "", False  # what was shown last, and whether it was not complete

    def __call__(self, name: str, done: int, total: int | None) -> None:
        """Show the progress of the preparation; raise Stopped if the run is to stop."""
        self.control.check()
        self.show(name, done, total)

    def show(self, name: str, done: int, total: int | None) -> None:
        """Show the progress of `name`, one of PROGRESS, if it is due, new, or complete."""
        name, now, ended = known(name, PROGRESS), time.monotonic(), done == total
        due = now - self._last >= self.interval or name != self._name or (ended and self._open)
        if due and not self._silent:
            self._last, self._name, self._open = now, name, not ended
            with suppress(OSError):  # progress is not important if the log's disk is full
                self.shown(name, done, total)
