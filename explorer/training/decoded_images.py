"""Decoded images as arrays on the disk: written once, checked, and from then on memory-mapped.

Those of a data folder are in `<folder>/.decoded/<key>/` or, if it is not writable, in the cache folder:
`train_images.npy` and `test_images.npy`, uint8 (n, 32, 32, 3), `train_labels.npy` and `test_labels.npy`, int64 (n,),
and `about.json` with the classes and the CRC-32 of each file. All processes share the memory of the mapped files, which
the system can reclaim at any time. None of them is ever unpickled.
"""

import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from explorer.protocol.data_sources import ABOUT, ARRAYS
from explorer.protocol.errors import Failure
from explorer.protocol.options import decoded_folders
from explorer.training.report import Progress

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, two runs must not decode the same images at once
    fcntl = None

DAMAGED = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    TypeError,
)  # what reading raises for a missing or damaged folder
HALF = ".part-"  # prefix of a folder that is being written
BLOCK = 1 << 20

# Classes, training images and labels, test images and labels.
Kept = tuple[tuple[str, ...], np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def kept(folder: Path, key: str) -> Kept | None:
    """Return the decoded images of a data folder under `key`, memory-mapped; None if they are missing or damaged."""
    for place in decoded_folders(folder):
        with suppress(*DAMAGED):
            return read(place / key)
    return None


def stamp(folder: Path, key: str) -> tuple[int, ...]:
    """Return a value that changes when the decoded images under `key` do; () if there are none."""
    found = []
    for place in decoded_folders(folder):
        with suppress(OSError):
            found.append((place / key / ABOUT).stat().st_mtime_ns)
    return tuple(found)


def keep(folder: Path, key: str, write: Callable[[Path], tuple[str, ...]], replaces: str, progress: Progress) -> Kept:
    """Store decoded images under `key`, and return them memory-mapped.

    `write` puts the four arrays into a folder (see `write_split`), and returns the classes. Folders whose key matches
    `replaces` are removed. Raises Failure if the images can be stored nowhere, and what `write` raises except OSError.
    """
    reasons = []
    for place in decoded_folders(folder):
        try:
            place.mkdir(parents=True, exist_ok=True)
            with alone(place / ".lock", progress):
                if found := kept(folder, key):  # by the process that held the lock
                    return found
                for left in place.glob(f"{HALF}*"):
                    shutil.rmtree(left, ignore_errors=True)  # left by a process that was killed
                _put(place, key, write, replaces)
        except OSError as error:  # it is not writable, or the disk is full
            reasons.append(str(error))
        if found := kept(folder, key):
            return found
    raise Failure("cache", f"the images can be stored in none of these folders: {'; '.join(reasons)}")


def _put(place: Path, key: str, write: Callable[[Path], tuple[str, ...]], replaces: str) -> None:
    """Write under a temporary name, and rename at the end, so that the folder is complete or missing."""
    half = Path(tempfile.mkdtemp(prefix=HALF, dir=place))
    try:
        about = {"classes": write(half)}
        about["crc32"] = {name: _crc32(half / name) for name in ARRAYS}
        (half / ABOUT).write_text(json.dumps(about), "utf-8")
        for old in place.glob(replaces):
            shutil.rmtree(old, ignore_errors=True)
        half.chmod(0o755)
        half.rename(place / key)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def write_split(place: Path, split: str, parts: Iterable[tuple[np.ndarray, np.ndarray]]) -> None:
    """Write the images and labels of one split, which `parts` yields some at a time to save memory."""
    labels = []
    with (place / f"{split}_images.npy").open("wb") as file:
        _header(file, 0)
        for images, of_these in parts:
            file.write(np.ascontiguousarray(images, np.uint8))
            labels.extend(of_these)
        file.seek(0)
        _header(file, len(labels))
    np.save(place / f"{split}_labels.npy", np.array(labels, np.int64))


def _header(file, count: int) -> None:
    """Write the header of an .npy file of so many images; numpy pads it to the same length for any count."""
    shape = (count, 32, 32, 3)
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})


def read(place: Path) -> Kept:
    """Return the decoded images in a folder; raise one of DAMAGED if it holds none, or others than were written."""
    about = json.loads((place / ABOUT).read_text("utf-8"))
    if any(_crc32(place / name) != about["crc32"][name] for name in ARRAYS):
        raise ValueError(f"{place} is damaged")
    # Mapped read-only, since writable pages would count as memory of this process.
    arrays = [np.load(place / name, "r" if "images" in name else None, allow_pickle=False) for name in ARRAYS]
    return tuple(about["classes"]), *arrays


def _crc32(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found = zlib.crc32(block, found)
    return found


@contextmanager
def alone(lock: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock, and wait for it while another process holds it; a lock ends with its process."""
    with lock.open("w") as file:
        while fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                progress("wait", 0, None)
                progress.control.sleep(0.5)
            except OSError:
                break  # this file system has no locks
        yield
