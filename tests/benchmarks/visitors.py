"""How many visitors one process serves: each moves the most expensive board, that of a surface, every 4 seconds."""

import os
from pathlib import Path

from app import BOARD, Visitor, moves, quantiles, server, ten_logits

CROWDS = (100, 150, 200, 250, 300, 400)
EVERY, SECONDS = 4.0, 40.0
LATE = 0.2  # seconds, in which 95 of 100 moves have to be answered


def processor_seconds(process) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def crowd(url: str, count: int, seconds: float = SECONDS) -> list[float]:
    """Return the seconds of each move of so many visitors, each of whom moves every `EVERY` seconds."""
    visitors = [Visitor(url, "softmax", "part=surface") for _ in range(count)]
    taken = moves(visitors, seconds, EVERY)
    for visitor in visitors:
        visitor.leave()
    return taken


def rows():
    """Yield (what, measured, target)."""
    with server() as (url, process, _):
        alone = Visitor(url, "softmax", "part=surface")
        for what, target, act in (
            ("a move of the most expensive board", "≤ 5 ms", lambda turn: alone.move(BOARD, ten_logits(turn % 9, 1))),
            ("drawing its page anew", "", lambda _: alone.open("softmax", "part=surface")),
        ):
            for turn in range(20):
                act(turn)
            begun = processor_seconds(process)
            for turn in range(200):
                act(turn)
            used = (processor_seconds(process) - begun) / 200
            yield f"{what}, the server's processor time", f"{1000 * used:.1f} ms", target
        alone.leave()
    most = 0
    for count in CROWDS:
        with server() as (url, _, _):
            taken = crowd(url, count)
        median, late = quantiles(taken)
        told = f"{1000 * median:.0f} / {1000 * late:.0f} ms"
        yield f"{count} visitors, a move every {EVERY:g} s each, p50 / p95", told, ""
        if late > LATE:
            break
        most = count
    yield f"visitors on one process with p95 ≤ {1000 * LATE:g} ms, at least", str(most), "≥ 400"
