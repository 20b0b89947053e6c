"""The app behind nginx for real, as docs/hosting.md says: below a path and https; and two servers over one folder."""

import gzip
import json
import re

import pytest

from tests.benchmarks.app import wait_until
from tests.server import nginx
from tests.serving import free_ports

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(nginx.lacking()), reason=nginx.lacking())]

VISITORS = 4


def test_pages_answers_and_files_come_below_a_path_over_https(tmp_path):
    (port,) = free_ports(1)
    site = nginx.documented(0).replace("127.0.0.1:8501", f"127.0.0.1:{port}")
    with nginx.below(tmp_path, port), nginx.front(tmp_path / "nginx", site) as there:
        status, headers, page = there.ask("/softmax", Accept_Encoding="gzip")
        assert status == 200 and b"<html" in (gzip.decompress(page) if headers["Content-Encoding"] == "gzip" else page)
        script = re.search(rb'src="\./(static/js/[^"]+)"', there.ask("/")[2]).group(1).decode()
        _, headers, packed = there.ask(f"/{script}", Accept_Encoding="gzip")
        assert headers["Content-Encoding"] == "gzip" and gzip.decompress(packed)
        visitor = there.visit("softmax", "part=surface")
        assert not visitor.errors and any("surface" in key for key in visitor.data)
        assert there.ask("/explorer-runs/synthetic?cursor=")[0] == 200
        # The largest ZIP file reaches the app, which refuses it for another reason.
        refused = there.ask("/explorer-uploads", "POST", bytes(64_000_000), Origin=there.url)
        assert (refused[0], json.loads(refused[2])) == (403, {"refused": "secret"})
        leader = there.visit("guess")
        leader.press("guess.start")
        id = leader.asked_for("round")
        player = there.visit("guess", f"round={id}").data["guess.watch"]["player"]
        assert there.answer(id, player) == {"taken": True}


def test_a_class_is_spread_over_two_servers_and_one_of_them_is_killed(tmp_path):
    with nginx.two_servers(tmp_path) as (there, first):
        cookies = nginx.spread(there, VISITORS)
        leader = there.visit("guess", cookie=cookies[0])
        leader.press("guess.start")
        id = leader.asked_for("round")
        students = [there.visit("guess", f"round={id}", one) for one in cookies]
        players = [student.data["guess.watch"]["player"] for student in students]
        for player, one in zip(players[:-1], cookies, strict=False):
            assert there.answer(id, player, one) == {"taken": True}
        first.kill()
        first.wait()
        # Whoever was there is taken by the other, and the answers are there.
        again = [there.visit("guess", f"round={id}", one) for one in cookies]
        assert not [error for student in again for error in student.errors]
        assert there.answer(id, players[-1], cookies[-1]) == {"taken": True}
        path = f"/explorer-classroom/{id}?player={players[0]}&seen="
        wait_until(lambda: json.loads(there.ask(path, Cookie=cookies[0])[2])["answered"] == VISITORS, 30)
