"""Reading the files of a run folder, which anybody may have made: no links, no pipes, and arrays without pickles; and
writing a file whole."""

import contextlib
import hashlib
import io
import math
import os
import stat
import tempfile
from pathlib import Path

import numpy as np

EVENTS = "events.jsonl"
LOG = "log.txt"
OWNER = "owner"
MOST_BYTES = 100_000_000  # of an array: the logits of more than a million images
TAIL = 1 << 14  # bytes that `last_lines` reads
PARTS = ("test_logits", "snapshots")  # sub-folders that a run makes before its first event
OWN = "images"  # the sub-folder with a visitor's images, there before the run starts


def regular_file(path: Path) -> Path:
    """Return `path` if it is a regular file; raise OSError for a link, a pipe, or a file that does not exist."""
    linked = path.parent.is_symlink()  # the run folder, or a sub-folder of it
    if linked or not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(f"{path} is no regular file")
    return path


def version(path: Path) -> tuple[int, int, int]:
    """Return a value that changes when the file is replaced or written to; raise OSError if there is no file."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content in hexadecimal; raise OSError if there is no file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, text: str, at: float | None = None) -> None:
    """Write a file in one step: a reader finds the old content or the new, and no other file stays. Raises OSError.

    Several servers may write the same file. at: the file's time, else now.
    """
    handle, half = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if at is not None:
            os.utime(half, (at, at))
        Path(half).replace(path)
    except OSError:
        Path(half).unlink(missing_ok=True)
        raise


def array(path: Path) -> np.memmap:
    """Return the array in the file, memory-mapped.

    Raises OSError or ValueError if there is none, if it is larger than MOST_BYTES, or if it holds Python objects.
    """
    mapped = np.lib.format.open_memmap(regular_file(path), mode="r")
    if mapped.nbytes > MOST_BYTES:
        raise ValueError(f"{path} is larger than anything that a run writes")
    return mapped


def last_lines(path: Path) -> list[bytes]:
    """Return the lines in the last 16 kB of a file; the first may be cut. Raises OSError as `regular_file` does.

    That is some hundred steps of a run, or a few evaluations.
    """
    with regular_file(path).open("rb") as file:
        file.seek(0, io.SEEK_END)
        file.seek(max(0, file.tell() - TAIL))
        return file.read().splitlines()


def last_written(folder: Path) -> float:
    """Return when a run last wrote to its folder, as a file's time; infinity if this is not the folder of a run.

    A run that ended before its first event has left at most a log, the note of its owner, and a visitor's images.
    """
    with contextlib.suppress(OSError):
        if folder.is_symlink():
            return math.inf
        if (folder / EVENTS).is_file():
            return (folder / EVENTS).stat().st_mtime
        inside = [*folder.iterdir()]
        empty = not any(any(folder.glob(f"{part}/*")) for part in PARTS)
        if empty and {path.name for path in inside} <= {LOG, OWNER, OWN, *PARTS}:
            return max(path.lstat().st_mtime for path in (folder, *inside))
    return math.inf
