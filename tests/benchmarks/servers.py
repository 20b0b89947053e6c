"""Two servers over one folder behind nginx, sixty visitors in one round; one server is killed in the middle."""

import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.server import nginx

VISITORS = 60


def rows():
    """Yield (what, measured, target)."""
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
