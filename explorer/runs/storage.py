"""What runs leave on the disk, held to what the server allows: the oldest goes first, and nothing that is in use."""

import contextlib
import math
import os
import re
import shutil
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from explorer.protocol import options
from explorer.protocol.safe_files import EVENTS, LOG, last_written
from explorer.runs import recorded
from explorer.runs.limits import Limits, Refused

ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
MADE_HERE = re.compile(r"[A-Za-z0-9_-]{16}")
USUAL = 10 * 10**9  # bytes that may lie there unless the host says otherwise, and at most half of what the disk has
LANDSCAPES = {f"recorded-{name}" for name in recorded.NAMES}  # of the runs that come with the explorer
LEAST = 10**6  # bytes that a folder counts as: of many small ones the number is what fills a disk
LARGE = 10**8  # bytes up to which a run that trains has not taken too much of any disk
WATCHED = 600.0  # seconds since somebody last looked at a run, in which it stays
ALIVE = 60.0  # seconds since its last sign of life, in which a run of another server may still go on
STARTED = time.time() - time.monotonic()  # a clock that is set while the server runs makes nothing older


class _Item(NamedTuple):
    used: float  # when, as the time of a file
    path: Path
    size: int


class Storage:
    """The folder of the runs, and what has been decoded of the data: all that this server writes.

    What has no log of this server's was put there by somebody, and is neither counted nor removed; nor is anything of
    a data folder but what was decoded of it, of which only that of other data folders is ever removed.
    """

    def __init__(self, limits: Limits):
        self._limits = limits
        self._lock = threading.Lock()
        self._most = math.inf  # bytes that were allowed at the last look
        self._sizes: dict[Path, tuple[float, int]] = {}  # of folders of runs, each with the time of its events

    def expired(self, run: Path) -> bool:
        """Return whether the run in this folder was over longer ago than the server keeps it.

        Only a folder of a run is: it has a run's name, and events, or nothing else yet than a log.
        """
        hours = self._limits.keep_hours
        return hours is not None and bool(ID.fullmatch(run.name)) and last_written(run) < _now() - 3600 * hours

    def make_room(self, busy: Collection[str], seen: dict[str, float]) -> None:
        """Remove what has expired, then what was used longest ago until the rest is within what is allowed.

        busy: the ids of runs that train or wait, and stay. seen: when runs were last looked at, by id; one that
        somebody watches stays as well, unless it has expired. Raises Refused, with the code "disk", if what stays is
        more than is allowed.
        """
        with self._lock:
            for run in _inside(self._limits.folder):
                if run.name not in busy and self.expired(run):
                    shutil.rmtree(run, ignore_errors=True)
            items = sorted([*self._decoded(), *self._runs(busy, seen)])
            stored = self._needed() + sum(item.size for item in items)
            self._most = self._allowed(stored)
            for item in items:
                if stored > self._most and item.used < math.inf:
                    shutil.rmtree(item.path, ignore_errors=True)
                    stored -= item.size
            if stored > self._most:
                raise Refused("disk", used=round(stored / 1e9, 1), most=round(self._most / 1e9, 1))

    def outgrown(self, run: Path) -> bool:
        """Return whether a run that trains has taken more than half of what is allowed, as of the last look."""
        return self._sizes.get(run, (0.0, 0))[1] > max(self._most / 2, LARGE)

    def _allowed(self, stored: int) -> float:
        if self._limits.disk is not None:
            return self._limits.disk
        place = next(folder for folder in (self._limits.folder, *self._limits.folder.parents) if folder.exists())
        return min(USUAL, (shutil.disk_usage(place).free + stored) / 2)

    def _needed(self) -> int:
        """Return the bytes of what was decoded, or is being fetched, of the data that this server trains on."""
        data = options.data_folder({"data_dir": None})
        return sum(map(_size, (*options.decoded_folders(data), *data.glob("*.part"))))

    def _decoded(self) -> Iterator[_Item]:
        """Yield what was decoded of other data folders that could not be written to."""
        needed = options.decoded_folders(options.data_folder({"data_dir": None}))
        for path in _inside(options.cache_folder() / "decoded"):
            if path not in needed:
                yield _Item(path.stat().st_mtime, path, _size(path))

    def _runs(self, busy: Collection[str], seen: dict[str, float]) -> Iterator[_Item]:
        """Yield the folders that this server has written for runs; one in use has infinity for when it was used."""
        sizes = {}
        for path in _inside(self._limits.folder):
            if not ((MADE_HERE.fullmatch(path.name) and (path / LOG).is_file()) or path.name in LANDSCAPES):
                continue
            events = path / EVENTS
            told = (events if events.is_file() else path).stat().st_mtime
            known, size = self._sizes.get(path, (None, 0))
            looked_at = seen.get(path.name, 0.0)
            alive = path.name in busy or told > _now() - ALIVE
            sizes[path] = told, (size if known == told and not alive else max(LEAST, _size(path)))
            in_use = alive or looked_at > _now() - WATCHED
            yield _Item(math.inf if in_use else max(told, looked_at), path, sizes[path][1])
        self._sizes = sizes


def _now() -> float:
    return STARTED + time.monotonic()


def _inside(folder: Path) -> list[Path]:
    """Return the folders in a folder, none if there is no such folder; links are none."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return [Path(entry) for entry in entries if entry.is_dir(follow_symlinks=False)]
    return []


def _size(path: Path) -> int:
    """Return the bytes that a file takes on the disk, or a folder with all that is in it; 0 of what is not there."""
    with contextlib.suppress(OSError):
        if not path.is_dir():
            status = path.stat(follow_symlinks=False)
            return getattr(status, "st_blocks", -(-status.st_size // 512)) * 512
        with os.scandir(path) as entries:
            return sum(_size(Path(entry)) for entry in entries if not entry.is_symlink())
    return 0
