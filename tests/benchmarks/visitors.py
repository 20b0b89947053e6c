"""How many visitors one process serves: each moves the most expensive board, that of a surface, every 4 seconds."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app import Visitor, quantiles, server, ten_logits

CROWDS = (100, 150, 200, 250, 300, 400)
EVERY, SECONDS = 4.0, 40.0
LATE = 0.2  # seconds, in which 95 of 100 moves have to be answered
BOARD = "softmax.board.surface.airplane"


def processor_seconds(process) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def crowd(url: str, count: int, seconds: float = SECONDS) -> list[float]:
    """Return the seconds of each move of so many visitors, each of whom moves every `EVERY` seconds."""
    return moves([Visitor(url, "softmax", "part=surface") for _ in range(count)], seconds, EVERY)


def moves(visitors: list[Visitor], seconds: float, every: float) -> list[float]:
    """Let visitors of the surface move the board, and leave; return the seconds of each move.

    every: the seconds between the moves of one of them; 0 if each moves again as soon as it is answered. Raises what
    any of them meets instead of an answer.
    """
    taken: list[float] = []
    until = time.monotonic() + seconds

    def move(visitor: Visitor, number: int) -> None:
        turn = 0
        while time.monotonic() < until:
            if every:
                time.sleep((every * number / len(visitors) - time.monotonic()) % every)
            taken.append(visitor.move(BOARD, ten_logits(turn % 9, number % 9)))
            turn += 1

    with ThreadPoolExecutor(len(visitors)) as threads:
        list(threads.map(move, visitors, range(len(visitors))))
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
