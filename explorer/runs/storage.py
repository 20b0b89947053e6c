"""Keeps the disk space of runs within the limit: the oldest are removed first, and none that is in use."""

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
HALF_OPENED = ".opening-"  # begins the names of folders into which runs are unpacked, and which a killed server leaves
OWN_IMAGES = ".images-"  # begins the names of folders with images on which a visitor may train
USUAL = 10 * 10**9  # bytes that runs may take unless the host sets a limit, and at most half of the disk space
LANDSCAPES = {f"recorded-{name}" for name in recorded.NAMES}  # of the runs that come with the explorer
LEAST = 10**6  # bytes that a folder counts as at least, since very many small ones fill a disk too
LARGE = 10**8  # bytes up to which a training never counts as too large
WATCHED = 600.0  # seconds for which a run is kept after somebody has looked at it
KEPT = {HALF_OPENED: 600.0, OWN_IMAGES: 12 * 3600.0}  # seconds after their last use in which they are removed
ALIVE = 60.0  # seconds after its last event in which a run of another server may still go on
STARTED = time.time() - time.monotonic()  # so that nothing gets older when the clock is set


class _Item(NamedTuple):
    used: float  # when it was last used, as a file's time
    path: Path
    size: int


class Storage:
    """The folder of the runs, and the decoded images: all that this server writes.

    Runs without a log were put there by somebody, and are neither counted nor removed; one that a visitor has brought
    has an empty log. Decoded images are counted; only those of other data folders are removed.
    """

    def __init__(self, limits: Limits):
        self._limits = limits
        self._lock = threading.Lock()
        self._most = math.inf  # bytes that were allowed when last checked
        self._sizes: dict[Path, tuple[float, int]] = {}  # of the folders of runs, with the time of their events

    def expired(self, run: Path) -> bool:
        """Return whether the run in this folder ended longer ago than the server keeps runs.

        A folder counts as a run's if it has the name of one, and events or nothing but a log.
        """
        hours = self._limits.keep_hours
        return hours is not None and bool(ID.fullmatch(run.name)) and last_written(run) < _now() - 3600 * hours

    def make_room(self, busy: Collection[str], seen: dict[str, float]) -> None:
        """Remove what has expired, and then what was used longest ago, until the rest is within the limit.

        busy: the names of the folders of runs that train or wait, and of the images they wait for; they are kept.
        seen: when runs were last looked at, by id; one that somebody is watching is kept too, unless it has expired.
        Raises Refused with the code "disk" if the limit is still exceeded.
        """
        with self._lock:
            for run in _inside(self._limits.folder):
                if run.name not in busy and (self._given_up(run) or self.expired(run)):
                    shutil.rmtree(run, ignore_errors=True)
            items = sorted([*self._decoded(), *self._own_images(busy), *self._runs(busy, seen)])
            stored = self._needed() + sum(item.size for item in items)
            self._most = self._allowed(stored)
            for item in items:
                if stored > self._most and item.used < math.inf:
                    shutil.rmtree(item.path, ignore_errors=True)
                    stored -= item.size
            if stored > self._most:
                raise Refused("disk", used=round(stored / 1e9, 1), most=round(self._most / 1e9, 1))

    def outgrown(self, run: Path) -> bool:
        """Return whether a training took more than half of the limit when last checked."""
        return self._sizes.get(run, (0.0, 0))[1] > max(self._most / 2, LARGE)

    def _allowed(self, stored: int) -> float:
        if self._limits.disk is not None:
            return self._limits.disk
        there = next(folder for folder in (self._limits.folder, *self._limits.folder.parents) if folder.exists())
        return min(USUAL, (shutil.disk_usage(there).free + stored) / 2)

    def _needed(self) -> int:
        """Return the bytes of the images that this server trains on, decoded or being downloaded."""
        data = options.data_folder({"data_dir": None})
        return sum(map(_size, (*options.decoded_folders(data), *data.glob("*.part"))))

    def _given_up(self, folder: Path) -> bool:
        """Return whether it is a folder that has been kept for as long as such are."""
        kept = next((seconds for begins, seconds in KEPT.items() if folder.name.startswith(begins)), math.inf)
        if folder.name.startswith(OWN_IMAGES) and self._limits.keep_hours is not None:
            kept = min(kept, 3600 * self._limits.keep_hours)
        with contextlib.suppress(FileNotFoundError):  # whoever unpacks into it may remove it meanwhile
            return kept < math.inf and folder.stat().st_mtime < _now() - kept
        return False

    def _own_images(self, busy: Collection[str]) -> Iterator[_Item]:
        """Yield the images on which visitors may train; for those in use, and a while after, `used` is infinity."""
        for path in _inside(self._limits.folder):
            if path.name.startswith(OWN_IMAGES):
                used = path.stat().st_mtime
                in_use = path.name in busy or used > _now() - WATCHED
                yield _Item(math.inf if in_use else used, path, _size(path))

    def _decoded(self) -> Iterator[_Item]:
        """Yield the decoded images of other data folders, in which they could not be written."""
        needed = options.decoded_folders(options.data_folder({"data_dir": None}))
        for path in _inside(options.cache_folder() / "decoded"):
            if path not in needed:
                yield _Item(path.stat().st_mtime, path, _size(path))

    def _runs(self, busy: Collection[str], seen: dict[str, float]) -> Iterator[_Item]:
        """Yield the folders of this server's runs; for one in use, `used` is infinity."""
        sizes = {}
        for path in _inside(self._limits.folder):
            if not ((MADE_HERE.fullmatch(path.name) and (path / LOG).is_file()) or path.name in LANDSCAPES):
                continue
            events = path / EVENTS
            written = (events if events.is_file() else path).stat().st_mtime
            known, size = self._sizes.get(path, (None, 0))
            looked_at = seen.get(path.name, 0.0)
            alive = path.name in busy or written > _now() - ALIVE
            sizes[path] = written, (size if known == written and not alive else max(LEAST, _size(path)))
            in_use = alive or looked_at > _now() - WATCHED
            yield _Item(math.inf if in_use else max(written, looked_at), path, sizes[path][1])
        self._sizes = sizes


def _now() -> float:
    return STARTED + time.monotonic()


def _inside(folder: Path) -> list[Path]:
    """Return the sub-folders of a folder, but no links; none if there is no such folder."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return [Path(entry) for entry in entries if entry.is_dir(follow_symlinks=False)]
    return []


def _size(path: Path) -> int:
    """Return the bytes that a file or a folder takes on the disk; 0 if it does not exist."""
    with contextlib.suppress(OSError):
        if not path.is_dir():
            status = path.stat(follow_symlinks=False)
            return getattr(status, "st_blocks", -(-status.st_size // 512)) * 512
        with os.scandir(path) as entries:
            return sum(_size(Path(entry)) for entry in entries if not entry.is_symlink())
    return 0
