"""What the machine has, or the container allows: cores and memory."""

import contextlib
import math
import os
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
MEMINFO = Path("/proc/meminfo")
CPUINFO = Path("/proc/cpuinfo")
GPUS = tuple(map(Path, ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")))  # of NVIDIA, of AMD, of either below Windows


def cores() -> int:
    """Return how many cores this process may use at once, at least 1: those it is bound to, and its share of time."""
    affinity = getattr(os, "sched_getaffinity", None)
    found = [len(affinity(0)) if affinity else os.cpu_count() or 1]
    for folder in _groups("cpu"):
        with contextlib.suppress(ValueError, OSError, ZeroDivisionError):  # "max": no share; or no such file
            if (folder / "cpu.max").exists():
                quota, period = map(int, (folder / "cpu.max").read_text().split())
            else:
                quota, period = (int((folder / f"cpu.cfs_{name}_us").read_text()) for name in ("quota", "period"))
            if quota > 0:
                found.append(math.floor(quota / period))
    return max(1, min(found))


def memory() -> int | None:
    """Return the bytes of memory that the machine has, or the container allows; None where neither says so."""
    found = []
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not on Windows
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    found += [allowed for allowed, _ in _memory_groups()]
    return min(found, default=None)


def available() -> int | None:
    """Return the bytes of memory that are still to be had, files kept in memory counting as free; None if unknown."""
    found = [allowed - used for allowed, used in _memory_groups()]
    with contextlib.suppress(ValueError, OSError, KeyError):  # not on Windows
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        found.append(1024 * int(lines["MemAvailable"].split()[0]))
    found = [max(0, free) for free in found]
    return min(found, default=None)


def _memory_groups() -> list[tuple[int, int]]:
    """Return for each control group that bounds this process (bytes allowed, bytes used that are not kept files)."""
    found = []
    names = (
        ("memory.max", "memory.current", ""),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
    )
    for folder in _groups("memory"):
        for limit, usage, total in names:
            with contextlib.suppress(ValueError, OSError, KeyError):  # "max": none; or no such file
                allowed = int((folder / limit).read_text())
                used = int((folder / usage).read_text())
                told = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
                kept = sum(int(told[f"{total}{kind}_file"]) for kind in ("active", "inactive"))
                found.append((allowed, used - kept))
    return found


def beside_files(pid: int) -> int:
    """Return the bytes of memory that a process has beside files kept in memory, 0 if that is not known."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # it has ended, or this is no Linux
        _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
        return (resident - shared) * os.sysconf("SC_PAGE_SIZE")
    return 0


def has_gpu() -> bool:
    """Return whether this machine seems to have a GPU on which PyTorch computes: Linux has a file for its driver."""
    return any(path.exists() for path in GPUS)


def multiplies_bfloat16() -> bool:
    """Return whether the CPU has instructions for it, without which bfloat16 is slower than float32."""
    try:
        return bool({"avx512_bf16", "amx_tile"} & {*CPUINFO.read_text().split()})
    except OSError:
        return False


def _groups(controller: str) -> list[Path]:
    """Return the folders in which the kernel tells of this process's control group, in both versions of them."""
    try:
        lines = OWN.read_text().splitlines()
    except OSError:
        return []
    places = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            places.append((GROUPS, path))
        elif controller in controllers.split(","):
            places.append((GROUPS / controller, path))
    # Within a container its own group is at the root.
    return [place for root, path in places for place in dict.fromkeys((root / path.lstrip("/"), root))]
