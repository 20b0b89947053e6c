"""The limits of a server, set by environment variables."""

import math
import os
import shlex
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from explorer.protocol import machine, memory, options, recipes

SPARE_SECONDS = 600.0
SPARE_FROM = 4 << 30  # bytes of memory from which there is a spare process, which takes 0.4 GB


class Refused(Exception):
    """A limit is reached: `code` says which, and is translated by the pages; `values` fill in the translation."""

    def __init__(self, code: str, **values):
        super().__init__(code, values)
        self.code, self.values = code, values


def _number(name: str, default: float | None, least: float | None = None) -> float | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (0 < value < math.inf or value == least):
        raise ValueError(f"{name} must be a number above 0{'' if least is None else f', or {least}'}; got {text!r}")
    return value


def _gigabytes(name: str) -> float | None:
    value = _number(name, None)
    return None if value is None else value * 1e9


def _megabytes(name: str, default: float) -> int:
    return round(_number(name, default, least=0) * 1e6)


def _folder() -> Path:
    named = os.environ.get("EXPLORER_RUNS_DIR")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named).absolute() if named else cache / "softmax-explorer" / "runs"


def _launch() -> tuple[str, ...]:
    try:
        words = shlex.split(os.environ.get("EXPLORER_LAUNCH", ""))
    except ValueError as error:
        raise ValueError(f"EXPLORER_LAUNCH cannot be read as a command: {error}") from None
    if not words:
        return ()
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    found = shutil.which(words[0], path=beside)  # torchrun lies beside Python
    if found is None:
        raise ValueError(f"EXPLORER_LAUNCH begins with {words[0]!r}, and there is no such program")
    return found, *words[1:]


def _threads() -> int | None:
    usual = None if os.environ.get("EXPLORER_LAUNCH", "").strip() else max(1, machine.cores() - 1)
    threads = _number("EXPLORER_THREADS", usual)
    return None if threads is None else math.ceil(threads)


def _spare_seconds() -> float:
    found = machine.memory()
    return 0 if found is not None and found < SPARE_FROM else SPARE_SECONDS


@dataclass(frozen=True)
class Limits:
    """What a server allows, and the folder of its runs.

    folder: $EXPLORER_RUNS_DIR, else in the cache folder.
    runs: how many train at once, $EXPLORER_MAX_RUNS, else 1.
    waiting: how many may be in the queue, $EXPLORER_MAX_WAITING, else 60; half of them from one address.
    kept: how many may go on when their owners have left, $EXPLORER_MAX_KEPT, else 1.
    seconds: how long each may train, $EXPLORER_MAX_SECONDS, else without limit.
    launch: words before the command of a training or a landscape, $EXPLORER_LAUNCH, else none: it runs on this machine.
    threads: how many each may use, $EXPLORER_THREADS, else all cores but one, which is left to the pages; with `launch`
        None, as many as PyTorch takes where it runs.
    keep_hours: hours after which a run's folder is removed, $EXPLORER_KEEP_HOURS, else never.
    disk: bytes that runs and decoded images may take together, by $EXPLORER_DISK_GB, else `storage.USUAL` at most.
    upload: bytes of a run's ZIP file that a visitor may open here, by $EXPLORER_UPLOAD_MB, else 64 MB; 0 for none.
    pictures: how many visitors may wait for the classification of an image, $EXPLORER_MAX_PICTURES, else 32; half
        of them at one address.
    picture_seconds: how long such an answer may take, $EXPLORER_PICTURE_SECONDS, else 20.
    landscape_seconds: how long a landscape may take, $EXPLORER_LANDSCAPE_SECONDS, else 600.
    grace: seconds that a run goes on after its owner has left.
    spare: seconds that a spare process is kept for the next run, $EXPLORER_SPARE_SECONDS, else ten minutes, or 0
        where there are less than 4 GB of memory.

    Raises ValueError for a variable that is out of its range, or names a program that is not there.
    """

    folder: Path = field(default_factory=_folder)
    runs: int = field(default_factory=lambda: math.ceil(_number("EXPLORER_MAX_RUNS", 1)))
    waiting: int = field(default_factory=lambda: math.ceil(_number("EXPLORER_MAX_WAITING", 60)))
    kept: int = field(default_factory=lambda: math.ceil(_number("EXPLORER_MAX_KEPT", 1, least=0)))
    seconds: float | None = field(default_factory=lambda: _number("EXPLORER_MAX_SECONDS", None))
    launch: tuple[str, ...] = field(default_factory=_launch)
    threads: int | None = field(default_factory=_threads)
    keep_hours: float | None = field(default_factory=lambda: _number("EXPLORER_KEEP_HOURS", None))
    disk: float | None = field(default_factory=lambda: _gigabytes("EXPLORER_DISK_GB"))
    upload: int = field(default_factory=lambda: _megabytes("EXPLORER_UPLOAD_MB", 64))
    pictures: int = field(default_factory=lambda: math.ceil(_number("EXPLORER_MAX_PICTURES", 32)))
    picture_seconds: float = field(default_factory=lambda: _number("EXPLORER_PICTURE_SECONDS", 20))
    landscape_seconds: float = field(default_factory=lambda: _number("EXPLORER_LANDSCAPE_SECONDS", 600))
    grace: float = 60.0
    spare: float = field(default_factory=lambda: _number("EXPLORER_SPARE_SECONDS", _spare_seconds(), least=0))

    def apply(self, settings: dict) -> dict:
        """Return the settings of a run within the limits."""
        seconds = [value for value in (settings.get("max_seconds"), self.seconds) if value is not None]
        return settings | {"threads": self.threads, "max_seconds": min(seconds, default=None)}


def memory_refusal(settings: dict, free: int | None) -> Refused | None:
    """Return why a training with these settings is refused with `free` bytes of memory, None if it is not.

    The codes are "memory_batch" where a smaller batch would fit, "memory_model" where a smaller model may, "memory".
    """
    short = memory.shortage(recipes.complete(dict.fromkeys(options.TABLE) | settings), free)
    if short is None:
        return None
    gigabytes = {"needed": math.ceil(short.needed / 1e8) / 10, "free": math.floor(short.free / 1e8) / 10}
    if short.batch:
        return Refused("memory_batch", batch=short.batch, **gigabytes)
    return Refused("memory_model" if short.free > memory.BASE else "memory", **gigabytes)
