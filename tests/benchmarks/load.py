"""What the server takes: start, reruns of thirty visitors while a training runs, memory."""

import statistics
import time

from app import Visitor, moves, quantiles, resident_megabytes, server, training_beside

PAGES = ("", "logistic-regression", "softmax", "softmax-or-sigmoid", "cross-entropy", "train")
VISITORS = 30


def start_to_first_page() -> float:
    """Return the seconds from the command to the first page's script having run for a visitor."""
    begun = time.perf_counter()
    with server() as (url, _, _):
        Visitor(url, "")
        return time.perf_counter() - begun


def crowd(seconds: float = 30.0) -> tuple[list[float], float]:
    """Let thirty visitors move a control once a second while a training runs; return rerun times and megabytes."""
    with server() as (url, process, _), training_beside():
        visitors = []
        for _number in range(VISITORS):
            visitor = Visitor(url, PAGES[0])
            for page in PAGES[1:]:
                visitor.open(page)
            visitor.open("softmax", "part=surface")
            visitors.append(visitor)
        taken = moves(visitors, seconds, every=1)
        memory = resident_megabytes(process)
        for visitor in visitors:
            visitor.leave()
        return taken, memory


def rows():
    """Yield (what, measured, target) for every row of the table that the server decides."""
    starts = [start_to_first_page() for _ in range(3)]
    yield "`streamlit run app.py` to the first answered page", f"{statistics.median(starts):.2f} s", "≤ 2.5"
    taken, memory = crowd()
    median, late = quantiles(taken)
    told = f"{1000 * median:.0f} / {1000 * late:.0f} ms"
    yield f"answer to a move with {VISITORS} visitors and a training, p50 / p95 as a visitor sees it", told, "p95 ≤ 60"
    yield f"server memory, {VISITORS} sessions over all pages", f"{memory:.0f} MB", "≤ 200"
