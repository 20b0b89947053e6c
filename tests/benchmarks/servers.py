"""Two servers over one folder behind nginx: what they answer together, and what becomes of a round as one is killed."""

import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app import moves, quantiles
from tests.server import nginx

VISITORS = 60
BUSY, SECONDS = 16, 15.0  # visitors who move again as soon as they are answered, and for how long


def busy(there, cookies: list[str]) -> str:
    """Return how many moves a second visitors with these cookies make who never rest, and how long each takes."""
    visitors = [there.visit("softmax", "part=surface", cookie) for cookie in cookies]
    taken = moves(visitors, SECONDS, every=0)
    for visitor in visitors:
        visitor.leave()
    median, late = quantiles(taken)
    return f"{len(taken) / SECONDS:.0f} moves a second; {1000 * median:.0f} / {1000 * late:.0f} ms"


def rows():
    """Yield (what, measured, target)."""
    with tempfile.TemporaryDirectory() as home, nginx.two_servers(Path(home)) as (there, _):
        cookies = nginx.spread(there, 2 * BUSY)  # half of them at each server
        halves = cookies[:BUSY], cookies[BUSY // 2 : BUSY // 2 + BUSY]
        for turn in range(2):
            for what, some in zip(("one server", "two servers"), halves, strict=True):
                told = busy(there, some)
                yield f"{BUSY} visitors who never rest, {what}, answers, p50 / p95 (round {turn + 1})", told, ""
    with tempfile.TemporaryDirectory() as home, nginx.two_servers(Path(home)) as (there, first):
        cookies = nginx.spread(there, VISITORS)
        leader = there.visit("guess", cookie=cookies[0])
        leader.press("guess.start")
        id = leader.asked_for("round")

        def come(cookie):
            return there.visit("guess", f"round={id}", cookie)

        def answer(player, cookie):
            return there.answer(id, player, cookie)["taken"]

        with ThreadPoolExecutor(VISITORS) as threads:
            players = [one.data["guess.watch"]["player"] for one in threads.map(come, cookies)]
            half = VISITORS // 4  # of each server's visitors
            early = [n for n in range(VISITORS) if n % (2 * half) < half]
            taken = sum(threads.map(answer, (players[n] for n in early), (cookies[n] for n in early)))
            first.kill()
            first.wait()
            killed = time.perf_counter()
            again = list(threads.map(come, cookies))
            back = time.perf_counter() - killed
            late = [n for n in range(VISITORS) if n not in early]
            taken += sum(threads.map(answer, (players[n] for n in late), (cookies[n] for n in late)))
        time.sleep(1)
        told = json.loads(there.ask(f"/explorer-classroom/{id}?player={players[0]}&seen=", Cookie=cookies[0])[2])
        errors = sum(len(one.errors) for one in again)
    yield f"{VISITORS} visitors, one of two servers killed: all at the other after", f"{back:.1f} s", "≤ 30 s"
    yield (
        "their answers: given, taken, and in the round; errors",
        f"{VISITORS}, {taken}, {told['answered']}; {errors}",
        "all; 0",
    )
