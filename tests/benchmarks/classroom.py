"""A lecture hall: three hundred students in one round, then in one lecture; meanwhile another visitor moves a slider.

Each student is a thread with a session of its own that does what the browser does: it asks about every second where
the round or the lecture is. In a round it then asks for the stage, and no page is drawn. In a lecture the page is drawn
some seconds after a new step. "At once" is for comparison: every page is drawn as soon as its student sees the change.
"""

import http.client
import json
import math
import multiprocessing
import random
import threading
import time
import urllib.parse

from app import Visitor, quantiles, resident_megabytes, server, ten_logits, wait_until

STUDENTS = 300
ARRIVING, ANSWERING, WATCHED = 30.0, 30.0, 12.0  # seconds over which they come and answer, and are watched afterwards
PAUSE, EACH = 1.0, 0.07  # seconds, as in polling.js and follower.js
EVEN = [0.1] * 10  # everybody's answer
MOVES = 0.25  # seconds between two moves of the other visitor


class Student:
    """One student's browser. `joined`, `answered`: the seconds that took; `saw`, `drew`: when each place was."""

    def __init__(self, url: str, page: str, query: str, id: str, poller: str, offset: float, at_once: bool, over):
        self.url, self.page, self.query, self.id, self.poller = url, page, query, id, poller
        self.offset, self.at_once, self.over = offset, at_once, over
        self.random = random.Random(offset)
        self.joined = self.answered = None
        self.answers = threading.Event()  # set when answers may be given
        self.saw: dict[str, float] = {}
        self.drew: dict[str, float] = {}
        self.thread = threading.Thread(target=self.play, daemon=True)
        self.thread.start()

    def play(self) -> None:
        time.sleep(ARRIVING * self.offset)
        begun = time.perf_counter()
        visitor = Visitor(self.url, self.page, self.query)
        self.joined = time.perf_counter() - begun
        told = visitor.data[self.poller]
        player, drawn = told["player"], told.get("place", told.get("step"))
        asked = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=60)
        due, answer_at, seen = math.inf, None, ""
        while not self.over.wait(PAUSE * self.random.uniform(0.8, 1.2)):
            now = self.asked(asked, "GET", f"/explorer-classroom/{self.id}?player={player}&seen={seen}")
            place, seen = now["place"], now.get("move", "")
            if place != drawn and place not in self.saw:
                self.saw[place] = time.perf_counter()
                if self.at_once or self.poller == "lecture.follow":
                    after = 0 if self.at_once else max(0, EACH * now["turn"] - now["ago"])
                    due = self.saw[place] + after
                else:
                    self.asked(asked, "GET", f"/explorer-classroom/{self.id}/stage")
            if due - time.perf_counter() < PAUSE and not self.over.wait(max(0, due - time.perf_counter())):
                visitor.open(self.page, self.query)
                self.drew[place], drawn, due = time.perf_counter(), place, math.inf
            if self.answers.is_set() and self.answered is None and place == "0-open":
                answer_at = answer_at or time.perf_counter() + ANSWERING * self.random.random()
                if time.perf_counter() >= answer_at:
                    answer = {"player": player, "at": 0, "answer": EVEN}
                    begun = time.perf_counter()
                    path = f"/explorer-classroom/{self.id}/answer"
                    told = self.asked(asked, "POST", path, json.dumps(answer), {"Origin": self.url})
                    self.answered = time.perf_counter() - begun
                    if told != {"taken": True}:
                        raise RuntimeError(told)
        visitor.leave()

    def asked(self, connection: http.client.HTTPConnection, *request) -> dict:
        try:
            connection.request(*request)
            return json.loads(connection.getresponse().read())
        except ConnectionError:  # the server has closed what was idle for five seconds
            connection.close()
            return self.asked(connection, *request)


def move(url: str, over, moves) -> None:
    """Move a slider again and again until it is over; put (when, seconds to the answer) into `moves`."""
    other = Visitor(url, "softmax", "part=surface")
    turn = 0
    while not over.wait(MOVES):
        begun = time.perf_counter()
        moves.put((begun, other.move("softmax.board.surface.airplane", ten_logits(turn % 9, 1))))
        turn += 1
    moves.put(None)


class Hall:
    """A server with a leader, students who have joined, and another visitor who moves a slider all the time."""

    def __init__(self, url: str, page: str, query: str, id: str, poller: str, at_once: bool):
        self.over = threading.Event()
        spawn = multiprocessing.get_context("spawn")
        self.moving, self.moves = spawn.Event(), spawn.Queue()
        spawn.Process(target=move, args=(url, self.moving, self.moves), daemon=True).start()
        self.students = [
            Student(url, page, query, id, poller, number / STUDENTS, at_once, self.over) for number in range(STUDENTS)
        ]
        self.until(lambda student: student.joined is not None)

    def until(self, holds, seconds: float = 300.0) -> None:
        """Wait until something holds of every student."""
        wait_until(lambda: all(map(holds, self.students)), seconds, 0.05)

    def close(self, begun: float, until: float) -> list[float]:
        """End all; return the seconds that the other visitor's moves of this time took."""
        self.over.set()
        self.moving.set()
        for student in self.students:
            student.thread.join(10)
        return [seconds for at, seconds in iter(self.moves.get, None) if begun <= at <= until]


def lesson(at_once: bool, cores: set[int] | None = None) -> dict[str, float | list[float]]:
    """Play one image of a round on a server with these cores, or all; return what was measured."""
    with server(cores=cores) as (url, process, _):
        leader = Visitor(url, "guess")
        leader.press("guess.start")
        id = leader.asked_for("round")
        hall = Hall(url, "guess", f"round={id}", id, "guess.watch", at_once)
        for student in hall.students:
            student.answers.set()
        hall.until(lambda student: student.answered is not None)
        memory = resident_megabytes(process)
        leader.press("guess.on")
        time.sleep(WATCHED)
        revealed = time.perf_counter()
        leader.press("guess.on")
        shown = "drew" if at_once else "saw"
        hall.until(lambda student: "0-revealed" in getattr(student, shown))
        time.sleep(WATCHED)
        moves = hall.close(revealed, revealed + WATCHED)
    return {
        "join": [student.joined for student in hall.students],
        "answer": [student.answered for student in hall.students],
        "reveal": max(getattr(student, shown)["0-revealed"] for student in hall.students) - revealed,
        "moves": moves,
        "memory": memory,
    }


def lecture(at_once: bool) -> dict[str, float | list[float]]:
    """Lead a lecture to another page; return what was measured."""
    with server() as (url, _, _):
        leader = Visitor(url, "teach")
        leader.press("lecture.start")
        id = leader.asked_for("follow")
        leader.open("softmax")
        hall = Hall(url, "softmax", f"follow={id}", id, "lecture.follow", at_once)
        begun = time.perf_counter()
        leader.open("cross-entropy")
        hall.until(lambda student: len(student.drew) > 0)
        last = max(max(student.drew.values()) for student in hall.students)
        moves = hall.close(begun, last)
    return {"drawn": last - begun, "moves": moves}


def rows():
    """Yield (what, measured, target): each measured with pages drawn at once, and as it is."""
    before, now = lesson(at_once=True), lesson(at_once=False)
    led_before, led_now = lecture(at_once=True), lecture(at_once=False)

    def p95(*measured: list[float]) -> str:
        late = [f"{1000 * quantiles(seconds)[1]:,.0f}" for seconds in measured]
        return f"{' → '.join(late)} ms"

    yield f"one of {STUDENTS} students joins, ten a second, p95", p95(before["join"], now["join"]), "≤ 10,000"
    yield "an answer, ten a second, p95", p95(before["answer"], now["answer"]), ""
    yield "from the reveal to the last student", f"{before['reveal']:.1f} → {now['reveal']:.1f} s", "≤ 1.5"
    yield "another visitor's moves in the twelve seconds after it, p95", p95(before["moves"], now["moves"]), "≤ 100"
    yield "server memory", f"{before['memory']:.0f} → {now['memory']:.0f} MB", ""
    yield f"a lecture's new page, drawn for all {STUDENTS}", f"{led_before['drawn']:.1f} → {led_now['drawn']:.1f} s", ""
    yield "another visitor's moves meanwhile, p95", p95(led_before["moves"], led_now["moves"]), "≤ 100"
