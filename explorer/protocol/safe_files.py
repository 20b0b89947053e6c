"""Files of a run folder, which may have been made by anybody: plain ones only, and arrays without pickles."""

import contextlib
import io
import math
import stat
from pathlib import Path

import numpy as np

EVENTS = "events.jsonl"
LOG = "log.txt"
MOST_BYTES = 100_000_000  # of an array: the logits of more than a million pictures
TAIL = 1 << 14  # bytes at the end of a file that are read of it
PARTS = ("test_logits", "snapshots")  # sub-folders of a run that are there before its first event


def plain(path: Path) -> Path:
    """Return `path` if it is a file in its run folder; raise OSError for a link, a pipe, or nothing at all."""
    linked = path.parent.is_symlink()  # of a run folder's sub-folder, or the run folder itself
    if linked or not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(f"{path} is no plain file")
    return path


def version(path: Path) -> tuple[int, int, int]:
    """Return what tells a file from any that was there before under its name; raise OSError if there is none."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def array(path: Path) -> np.memmap:
    """Return the array in the file, mapped; raise OSError or ValueError if there is none, or a huge one, or objects."""
    mapped = np.lib.format.open_memmap(plain(path), mode="r")
    if mapped.nbytes > MOST_BYTES:
        raise ValueError(f"{path} is larger than anything that a run writes")
    return mapped


def last_lines(path: Path) -> list[bytes]:
    """Return the lines at the end of a file, of which the first may lack its beginning; raise OSError as `plain` does.

    They are at most 16 kB: some hundred steps of a run, or a few evaluations.
    """
    with plain(path).open("rb") as file:
        file.seek(0, io.SEEK_END)
        file.seek(max(0, file.tell() - TAIL))
        return file.read().splitlines()


def last_told(folder: Path) -> float:
    """Return when a run's folder last told something, as the time of a file; infinity if it is no run's folder.

    A run that was ended before its first event has left a folder that holds a log at most.
    """
    with contextlib.suppress(OSError):
        if folder.is_symlink():
            return math.inf
        if (folder / EVENTS).is_file():
            return (folder / EVENTS).stat().st_mtime
        inside = [*folder.iterdir()]
        empty = not any(any(folder.glob(f"{part}/*")) for part in PARTS)
        if empty and {path.name for path in inside} <= {LOG, *PARTS}:
            return max(path.lstat().st_mtime for path in (folder, *inside))
    return math.inf
