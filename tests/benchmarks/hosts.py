"""What hosts of one core and of two carry: visitors, alone and beside a training, and the students of one round.

The clients run on the last core; on a machine of two, a host of two cores shares that one with them.
"""

import contextlib
import os

from classroom import STUDENTS, lesson
from visitors import EVERY, LATE, crowd

from app import pinned, quantiles, resident_megabytes, server, training_beside

CROWDS = (25, 50, 100, 200, 300, 400)
SECONDS = 20.0  # for which each crowd moves


def most(cores: set[int], trains: bool) -> tuple[int, float]:
    """Return how many visitors a host answers in time, and the megabytes of its server with them."""
    found = 0, 0.0
    for count in CROWDS:
        with contextlib.ExitStack() as there:
            url, process, _ = there.enter_context(server(cores=cores))
            if trains:
                with pinned(cores):
                    there.enter_context(training_beside())
            taken = crowd(url, count, SECONDS)
            memory = resident_megabytes(process)
        if quantiles(taken)[1] > LATE:
            break
        found = count, memory
    return found


def rows():
    """Yield (what, measured, target)."""
    *others, clients = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {clients})
    for cores in ({others[-1]}, {others[-1], clients}):
        host = f"{len(cores)} core{'s' * (len(cores) > 1)}"
        for trains in (False, True):
            count, memory = most(cores, trains)
            beside = "beside a training" if trains else "alone"
            told = f"{count}, {memory:.0f} MB"
            yield f"{host}: visitors with p95 ≤ {1000 * LATE:g} ms, a move every {EVERY:g} s, {beside}", told, ""
        played = lesson(at_once=False, cores=cores)
        _, late = quantiles(played["moves"])
        told = f"{played['reveal']:.1f} s, {1000 * late:.0f} ms, {played['memory']:.0f} MB"
        yield f"{host}: a round of {STUDENTS}, reveal to the last / another's moves, p95 / memory", told, ""
