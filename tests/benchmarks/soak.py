"""Whether it can be left alone: thirty visitors beside a training that is watched, and hundreds who leave.

.venv/bin/python tests/benchmarks/run.py soak [--minutes 10]
"""

import json
import statistics
import sys
import threading
import time
import urllib.request

from training import events_route

from app import Visitor, resident_megabytes, server, ten_logits, training_beside, turns, wait_until

VISITORS, WATCHERS = 30, 30
RUN = "watched-by-thirty"
OPENED, ROUNDS = 100, 4
FORGOTTEN = 130  # seconds after which Streamlit has dropped a session that nobody came back to
# Where visitors are, the board that they move there, and its state at two numbers below nine.
MOVES = (
    ("softmax", "part=surface", "softmax.board.surface.airplane", ten_logits),
    ("softmax", "T=2", "softmax.board..airplane", ten_logits),
    (
        "logistic-regression",
        "part=surface",
        "logistic_regression.weights.w1-w2-w0-loss.en",
        lambda a, b: {"w1": a / 2, "w2": b / 2, "w0": 0.0},
    ),
    ("softmax-or-sigmoid", "", "softmax_or_sigmoid.board", ten_logits),
    ("cross-entropy", "part=claim", "cross_entropy.along.airplane", ten_logits),
    ("results", "part=microscope", "results.gallery", lambda a, b: {"sample": 10 * b + a}),
)


class Soak:
    """What a soak found: seconds of each rerun, errors, resident memory (seconds, MB) of the server."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.taken: list[float] = []
        self.polls: list[float] = []
        self.errors: list[str] = []
        self.memory: list[tuple[float, float]] = []

    def run(self) -> None:
        with server() as (url, process, runs), training_beside("--run-dir", str(runs / RUN)):
            wait_until((runs / RUN / "events.jsonl").exists)
            visitors = [Visitor(url, page, query) for page, query, _, _ in (MOVES * VISITORS)[:VISITORS]]
            until = time.monotonic() + self.seconds
            route = f"{url}/{events_route()}".format(run=RUN)
            threads = [threading.Thread(target=self._move, args=(v, n, until)) for n, v in enumerate(visitors)]
            threads += [threading.Thread(target=self._watch, args=(route, until)) for _ in range(WATCHERS)]
            begun = time.monotonic()
            for thread in threads:
                thread.start()
            while time.monotonic() < until:
                time.sleep(min(5.0, self.seconds / 20))
                self.memory.append((time.monotonic() - begun, resident_megabytes(process)))
            for thread in threads:
                thread.join()
            for visitor in visitors:
                visitor.leave()

    def _move(self, visitor: Visitor, number: int, until: float) -> None:
        _, _, board, state = MOVES[number % len(MOVES)]
        try:
            for turn in turns(until, 1, number / VISITORS):
                self.taken.append(visitor.move(board, state(turn % 9, number % 9)))
        except Exception as error:
            self.errors.append(repr(error))
        self.errors += visitor.errors

    def _watch(self, route: str, until: float) -> None:
        cursor = ""
        while time.monotonic() < until:
            begun = time.perf_counter()
            try:
                with urllib.request.urlopen(f"{route}?since={cursor}", timeout=30) as answer:
                    cursor = json.load(answer)["cursor"]
            except Exception as error:
                self.errors.append(repr(error))
            self.polls.append(time.perf_counter() - begun)
            time.sleep(0.5)

    def growth(self) -> float:
        """Return by how much of itself the memory grew after the first fifth, medians of the fifths compared."""
        fifth = max(1, len(self.memory) // 5)
        megabytes = [size for _, size in self.memory]
        warm, last = megabytes[fifth : 2 * fifth], megabytes[-fifth:]
        return statistics.median(last) / statistics.median(warm) - 1


def opened_and_closed() -> list[float]:
    """Open and close a hundred sessions a round; return the server's megabytes once those of each are forgotten.

    What the first rounds load stays, and is no session's; what a session left behind would grow from round to round.
    """
    forgotten = []
    with server() as (url, process, _):
        for _ in range(ROUNDS):
            _come_and_go(url)
            time.sleep(FORGOTTEN)
            _come_and_go(url, 1)  # Streamlit drops the others as somebody comes
            forgotten.append(resident_megabytes(process))
    return forgotten


def _come_and_go(url: str, visitors: int = OPENED) -> None:
    for number in range(visitors):
        page, query, board, state = MOVES[number % len(MOVES)]
        visitor = Visitor(url, page, query)
        visitor.move(board, state(number % 9, number % 7))
        visitor.leave()


def rows(minutes: float):
    """Yield (what, measured, target) for every row of the table."""
    soak = Soak(60 * minutes)
    soak.run()
    told = f"{minutes:g} minutes, {VISITORS} visitors moving a control a second, a training, {WATCHERS} watchers"
    yield f"errors in {told}", str(len(soak.errors)), "0"
    for error in sorted(set(soak.errors))[:5]:
        print(error, file=sys.stderr)
    for what, seconds in (("answer to a move", soak.taken), ("poll of the events", soak.polls)):
        late = sorted(seconds)[int(0.95 * (len(seconds) - 1))]
        measured = f"{1000 * statistics.median(seconds):.0f} / {1000 * late:.0f} ms (of {len(seconds)})"
        yield f"{what} meanwhile, p50 / p95", measured, "p95 ≤ 60"
    sizes = [size for _, size in soak.memory]
    yield "the server's memory meanwhile", f"{sizes[0]:.0f} → {sizes[-1]:.0f} MB", "≤ 200"
    yield "its growth after warm-up", f"{100 * soak.growth():+.1f}%", "≤ 10%"
    measured = " → ".join(f"{megabytes:.0f}" for megabytes in opened_and_closed())
    yield f"memory {FORGOTTEN} s after each of {ROUNDS} rounds of {OPENED} sessions", f"{measured} MB", "levels off"
