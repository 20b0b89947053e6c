"""A script among the students, over real connections, answers for nobody else, leads nothing, and can be shut out."""

import json
import time
import urllib.error
import urllib.request

import pytest

from explorer import classroom
from explorer.classroom import gathering
from explorer.classroom.registry import Classroom
from tests.benchmarks.app import Visitor
from tests.serving import served

pytestmark = pytest.mark.slow

EVEN = [0.1] * 10
TABS = 12
SCRIPT, STUDENT, LEADER = "203.0.113.9", "198.51.100.7", "198.51.100.1"


class Wire:
    """The round's own address, as anybody can ask it."""

    def __init__(self, url: str, id: str):
        self.url, self.about = url, f"{url}/explorer-classroom/{id}"

    def ask(self, path: str = "", body: dict | None = None, origin: str = "") -> dict:
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.about + path, data, {"Origin": origin or self.url})
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return json.load(refused)

    def answer(self, player, shares=EVEN, at=0, **more) -> dict:
        return self.ask("/answer", {"player": player, "at": at, "answer": shares}, **more)


@pytest.fixture
def url(tmp_path):
    with served(tmp_path) as (url, _):
        yield url


def test_a_script_answers_for_nobody_leads_nothing_and_can_be_shut_out(url, tmp_path):
    leader = Visitor(url, "guess", address=LEADER)
    leader.press("guess.start")
    id = leader.asked_for("round")
    wire = Wire(url, id)
    student = Visitor(url, "guess", f"round={id}", STUDENT).data["guess.watch"]["player"]
    assert wire.answer(student) == {"taken": True}
    tabs = [Visitor(url, "guess", f"round={id}", SCRIPT) for _ in range(TABS)]
    names = [tab.data["guess.watch"]["player"] for tab in tabs]
    assert not [error for tab in tabs for error in tab.errors]

    def answered() -> int:
        return wire.ask(f"?player={student}&seen=")["answered"]

    assert answered() == 1  # links that are opened take no part
    for name in (student[:-1] + ("0" if student[-1] != "0" else "1"), student.swapcase(), "<b>x</b>", "a" * 500, None):
        assert wire.answer(name) == {"refused": "player"}
    for shares in ([1] * 10, EVEN[:9], [float("nan")] * 10, ["<script>"] * 10, {"0": 1}, [2, -1, *[0] * 8], "1" * 10):
        assert wire.answer(names[0], shares) == {"refused": "value"}
    assert wire.answer(names[0], origin="https://elsewhere.example") == {"refused": "origin"}
    for true in range(10):
        assert wire.answer(names[0], [float(true == k) for k in range(10)]) == {"taken": True}
    assert answered() == 2  # the script has answered once, the last time counts

    place = wire.ask("/stage")["place"]
    assert wire.ask("/boards", {"secret": names[0], "boards": {}}) == {"refused": "gone"}
    for button in ("guess.on", "guess.end"):
        tabs[0]._buttons[button] = leader._buttons[button]  # the names that the leader's page gives its buttons
        tabs[0].press(button)
        assert not tabs[0].errors
    assert wire.ask("/stage")["place"] == place and answered() == 2

    for name in names:
        assert wire.answer(name) == {"taken": True}  # as anybody could with a dozen devices
    round = Classroom(tmp_path / "runs" / classroom.FOLDER).find(id)  # as the popover of the leader's page does
    secret = leader.data["remember.explorer-round-"]["secret"]
    round.empty(secret)
    time.sleep(gathering.FRESH)  # until the server reads again what another process has written
    assert wire.answer(student) == {"taken": True}
    round.lock(secret, True)
    time.sleep(gathering.FRESH)
    assert {wire.answer(name)["refused"] for name in names} == {"locked"}
    assert wire.answer(student, [1.0, *[0.0] * 9]) == {"taken": True} and answered() == 1
    leader.press("guess.on")
    assert wire.answer(student) == {"taken": False}
