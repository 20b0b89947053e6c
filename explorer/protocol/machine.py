"""How many cores and how much memory the machine has, or the container allows."""

import contextlib
import math
import os
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
MEMINFO = Path("/proc/meminfo")
CPUINFO = Path("/proc/cpuinfo")
GPUS = tuple(map(Path, ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")))  # NVIDIA, AMD, and either of them in WSL


def cores() -> int:
    """Return how many cores this process may use at once, at least 1, by its CPU affinity and its CPU quota."""
    affinity = getattr(os, "sched_getaffinity", None)
    found = [len(affinity(0)) if affinity else os.cpu_count() or 1]
    for folder in _groups("cpu"):
        with contextlib.suppress(ValueError, OSError, ZeroDivisionError):  # "max": no quota; or no such file
            if (folder / "cpu.max").exists():
                quota, period = map(int, (folder / "cpu.max").read_text().split())
            else:
                quota, period = (int((folder / f"cpu.cfs_{name}_us").read_text()) for name in ("quota", "period"))
            if quota > 0:
                found.append(math.floor(quota / period))
    return max(1, min(found))


def memory() -> int | None:
    """Return the bytes of memory that the machine has, or the container allows; None if unknown."""
    found = []
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not on Windows
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    found += [allowed for allowed, _ in _memory_groups()]
    return min(found, default=None)


def available() -> int | None:
    """Return the bytes of memory that are free, cached files counting as free; None if unknown."""
    found = [allowed - used for allowed, used in _memory_groups()]
    with contextlib.suppress(ValueError, OSError, KeyError):  # not on Windows
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        found.append(1024 * int(lines["MemAvailable"].split()[0]))
    found = [max(0, free) for free in found]
    return min(found, default=None)


def _memory_groups() -> list[tuple[int, int]]:
    """Return (bytes allowed, bytes used without cached files) of each control group that limits this process."""
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
                stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
                cached = sum(int(stat[f"{total}{kind}_file"]) for kind in ("active", "inactive"))
                found.append((allowed, used - cached))
    return found


def beside_files(pid: int) -> int:
    """Return the bytes of memory that a process uses without cached files, 0 if that is not known."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # it has ended, or this is no Linux
        _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
        return (resident - shared) * os.sysconf("SC_PAGE_SIZE")
    return 0


def has_gpu() -> bool:
    """Return whether this machine seems to have a GPU on which PyTorch computes: Linux has a file for its driver."""
    return any(path.exists() for path in GPUS)


def multiplies_bfloat16() -> bool:
    """Return whether the CPU has instructions for bfloat16; without them it is slower than float32."""
    try:
        return bool({"avx512_bf16", "amx_tile"} & {*CPUINFO.read_text().split()})
    except OSError:
        return False


def _groups(controller: str) -> list[Path]:
    """Return the folders of this process's control group, in both versions that the kernel has of them."""
    try:
        lines = OWN.read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            found.append((GROUPS, path))
        elif controller in controllers.split(","):
            found.append((GROUPS / controller, path))
    # Within a container its own group is at the root.
    return [folder for root, path in found for folder in dict.fromkeys((root / path.lstrip("/"), root))]
