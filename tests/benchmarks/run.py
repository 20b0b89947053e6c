"""All benchmarks in one command, as a table. Timings say how fast this machine is now; they pass or fail nothing.

.venv/bin/python tests/benchmarks/run.py [browser] [load] [training] [memory] [soak] [--data-dir DIR] [--long] …
"""

import argparse
import platform
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

GROUPS = ("load", "browser", "training", "memory")
LONG = ("opening", "visitors", "soak", "abuse", "gpu", "classroom", "servers", "hosts")  # only where it is named


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    groups = f"some of {', '.join(GROUPS)} (default: all of them), or {', '.join(LONG)}"
    parser.add_argument("groups", nargs="*", default=GROUPS, help=groups)
    parser.add_argument("--data-dir", type=Path, help="image folders, for the accuracies and for memory")
    parser.add_argument("--long", action="store_true", help="also train for 300 seconds, and for whole epochs")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the soak lasts (default: 10)")
    arguments = parser.parse_args()
    if unknown := set(arguments.groups) - {*GROUPS, *LONG}:
        parser.error(f"no such group: {', '.join(unknown)}; there are {', '.join(GROUPS + LONG)}")
    print(f"{platform.processor() or platform.machine()}, {len(_cores())} cores, Python {platform.python_version()}\n")
    print("| what | measured | target |\n|---|---|---|")
    for group in arguments.groups:
        for what, measured, target in _rows(group, arguments):
            print(f"| {what} | {measured} | {target} |", flush=True)


def _cores() -> set[int]:
    import os

    return os.sched_getaffinity(0)


def _rows(group: str, arguments):
    if group == "browser":
        import browser

        return browser.rows()
    if group == "load":
        import load

        return load.rows()
    if group == "soak":
        import soak

        return soak.rows(arguments.minutes)
    if group == "memory":
        import memory

        return memory.rows(arguments.data_dir, arguments.long)
    if group == "servers":
        import servers

        return servers.rows()
    if group == "hosts":
        import hosts

        return hosts.rows()
    if group == "gpu":
        import gpu

        return gpu.rows(arguments.data_dir)
    if group == "classroom":
        import classroom

        return classroom.rows()
    if group == "opening":
        import opening

        return opening.rows()
    if group == "visitors":
        import visitors

        return visitors.rows()
    if group == "abuse":
        import abuse

        return abuse.rows()
    import training

    return training.rows(arguments.data_dir, arguments.long)


if __name__ == "__main__":
    main()
