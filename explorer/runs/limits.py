"""How much training a server allows, as its environment says."""

import contextlib
import math
import os
from dataclasses import dataclass, field
from pathlib import Path

SPARE_SECONDS = 600.0
SPARE_FROM = 4 << 30  # bytes of memory: the spare process takes up to 1 GB of them


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


def _folder() -> Path:
    named = os.environ.get("EXPLORER_RUNS_DIR")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named).absolute() if named else cache / "softmax-explorer" / "runs"


def _cores_but_one() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, cores - 1)


def memory() -> int | None:
    """Return the bytes of memory that the machine has, or the container allows; None where neither says so."""
    found = []
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not on Windows
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for limit in _cgroup_limits():
        with contextlib.suppress(ValueError, OSError):  # "max": none; or no such file
            found.append(int(limit.read_text()))
    return min(found, default=None)


def _cgroup_limits(groups: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> list[Path]:
    """Return where the kernel may say how much memory this process's control group has, in both versions."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return []
    places = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            places += [groups / name / "memory.max" for name in (path.lstrip("/"), "")]
        elif "memory" in controllers.split(","):
            places += [groups / "memory" / name / "memory.limit_in_bytes" for name in (path.lstrip("/"), "")]
    return places


def _spare_seconds() -> float:
    found = memory()
    return 0 if found is not None and found < SPARE_FROM else SPARE_SECONDS


@dataclass(frozen=True)
class Limits:
    """What a server allows, and where its runs are.

    folder: $EXPLORER_RUNS_DIR, else in the cache folder.
    runs: how many train at once, $EXPLORER_MAX_RUNS, else 1.
    seconds: how long each may train, $EXPLORER_MAX_SECONDS, else without limit.
    threads: of the CPU for each, $EXPLORER_THREADS, else all cores but one, which is left to the pages.
    keep_hours: after which a run's folder is removed, $EXPLORER_KEEP_HOURS, else never.
    grace: seconds that a run goes on after its owner has left.
    spare: seconds that a process waits ready for the next run, $EXPLORER_SPARE_SECONDS, else ten minutes, and none
        where there is less memory than 4 GB.

    Raises ValueError for a variable that is set but is no number above 0.
    """

    folder: Path = field(default_factory=_folder)
    runs: int = field(default_factory=lambda: math.ceil(_number("EXPLORER_MAX_RUNS", 1)))
    seconds: float | None = field(default_factory=lambda: _number("EXPLORER_MAX_SECONDS", None))
    threads: int = field(default_factory=lambda: math.ceil(_number("EXPLORER_THREADS", _cores_but_one())))
    keep_hours: float | None = field(default_factory=lambda: _number("EXPLORER_KEEP_HOURS", None))
    grace: float = 60.0
    spare: float = field(default_factory=lambda: _number("EXPLORER_SPARE_SECONDS", _spare_seconds(), least=0))

    def apply(self, settings: dict) -> dict:
        """Return the settings of a run held to the limits."""
        seconds = [value for value in (settings.get("max_seconds"), self.seconds) if value is not None]
        return settings | {"threads": self.threads, "max_seconds": min(seconds, default=None)}
