"""What a machine or a container has to give, as the kernel tells it in files made here."""

import os
from pathlib import Path

import pytest

from explorer.protocol import machine
from explorer.runs.limits import Limits

GB = 1 << 30


@pytest.fixture
def host(monkeypatch, tmp_path):
    """Return a function that writes the kernel's files: those of the control group, and the machine's free memory."""
    groups, own, meminfo = tmp_path / "cgroup", tmp_path / "own", tmp_path / "meminfo"
    groups.mkdir()
    for name, place in (("GROUPS", groups), ("OWN", own), ("MEMINFO", meminfo)):
        monkeypatch.setattr(machine, name, place)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)

    def host(lines: str, files: dict[str, str], free: int = 16 * GB):
        own.write_text(lines)
        meminfo.write_text(f"MemTotal: 33554432 kB\nMemAvailable: {free // 1024} kB\n")
        for name, text in files.items():
            (groups / name).parent.mkdir(parents=True, exist_ok=True)
            (groups / name).write_text(text)

    return host


KEPT = (("active_file", 60), ("inactive_file", 140))  # MB of files that lie in memory and may go
SECOND = {
    "memory.max": str(GB),
    "memory.current": str(700 << 20),
    "memory.stat": "anon 1\n" + "".join(f"{name} {size << 20}\n" for name, size in KEPT),
}
FIRST = {
    "memory/memory.limit_in_bytes": str(GB),
    "memory/memory.usage_in_bytes": str(700 << 20),
    "memory/memory.stat": "".join(f"total_{name} {size << 20}\n" for name, size in KEPT),
}


@pytest.mark.parametrize(
    ("lines", "files"),
    [
        ("0::/\n", SECOND),
        ("0::/pod/one\n", {f"pod/one/{name}": text for name, text in SECOND.items()}),
        ("5:cpu:/\n4:memory:/\n0::/\n", FIRST),
        ("4:memory:/only/outside\n", FIRST),
    ],
)
def test_a_container_has_what_it_is_allowed_and_files_kept_in_memory_are_free(host, lines, files):
    host(lines, files)
    assert machine.memory() == GB
    assert machine.available() == 524 << 20
    assert Limits().spare == 0


def test_without_a_limit_the_machine_itself_counts(host):
    host("0::/\n", SECOND | {"memory.max": "max\n"}, free=3 * GB)
    assert machine.memory() >= GB
    assert machine.available() == 3 * GB


def test_the_free_memory_of_a_machine_that_does_not_report_it_is_not_known(host, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "OWN", tmp_path / "nothing")
    monkeypatch.setattr(machine, "MEMINFO", tmp_path / "nothing")
    assert machine.available() is None


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "250000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
        ({"cpu/cpu.cfs_quota_us": "400000", "cpu/cpu.cfs_period_us": "100000"}, 4),
    ],
)
def test_a_share_of_the_processors_counts_as_that_many_cores(host, monkeypatch, files, cores):
    monkeypatch.delenv("EXPLORER_THREADS", raising=False)
    host("3:cpu:/\n0::/\n", files)
    assert machine.cores() == cores
    assert Limits().threads == max(1, cores - 1)


@pytest.mark.parametrize(("flags", "multiplies"), [("sse4_2 avx512_bf16", True), ("amx_tile", True), ("avx2", False)])
def test_a_processor_says_whether_it_multiplies_bfloat16(monkeypatch, tmp_path, flags, multiplies):
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
    assert not machine.multiplies_bfloat16()
    machine.CPUINFO.write_text(f"flags : {flags}\n")
    assert machine.multiplies_bfloat16() == multiplies


def test_the_memory_of_a_process_is_reported_without_the_files_that_it_has_mapped():
    assert (machine.beside_files(os.getpid()) > 1 << 20) == Path("/proc/self/statm").exists()
    assert machine.beside_files(2**22 + 1) == 0
