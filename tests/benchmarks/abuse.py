"""What one script can take, and what a neighbour feels of it: attacks on a server of their own, on this machine.

.venv/bin/python tests/benchmarks/run.py abuse
"""

import base64
import contextlib
import http.client
import io
import itertools
import json
import re
import statistics
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app import Visitor, resident_megabytes, server, ten_logits

QUIET = 5.0  # seconds of moves before an attack, and after it
PAUSE = 0.2  # seconds between two moves
LONGEST = 100.0  # seconds that are waited for anything
SCRIPT, HONEST = "192.0.2.1", "192.0.2.2"  # where they come from
TRAINING = "data=synthetic&model=softmax&limit=7200&epochs=200"


class Neighbour(threading.Thread):
    """Somebody who moves the most expensive board all the time; `taken` holds (when, seconds to the answer)."""

    def __init__(self, url: str):
        super().__init__(daemon=True)
        self._visitor = Visitor(url, "softmax", "part=surface", address="192.0.2.3")
        self._left = threading.Event()
        self.taken: list[tuple[float, float]] = []

    def run(self) -> None:
        turn = 0
        while not self._left.wait(PAUSE):
            turn += 1
            begun = time.monotonic()
            state = ten_logits(turn % 9, turn % 7)
            self.taken.append((begun, self._visitor.move("softmax.board.surface.airplane", state)))

    def leave(self) -> None:
        self._left.set()
        self.join()
        self._visitor.leave()

    def between(self, begun: float, ended: float) -> str:
        found = [1000 * seconds for when, seconds in self.taken if begun <= when < ended] or [float("nan")]
        late = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
        return f"{statistics.median(found):.0f} / {late:.0f}"


def state_of(url: str, run: str) -> dict:
    with urllib.request.urlopen(f"{url}/explorer-runs/{run}/events?since=", timeout=30) as answer:
        return json.load(answer)


def sixty_starts(url: str, _process, _runs: Path) -> str:
    script = [Visitor(url, "train", TRAINING, SCRIPT) for _ in range(60)]
    for visitor in script:
        visitor.press("train.start")
    accepted = sum(bool(visitor.asked_for("run")) for visitor in script)
    honest = Visitor(url, "train", TRAINING, HONEST)
    honest.press("train.start")
    run = honest.asked_for("run")
    place = f"the next visitor has {state_of(url, run)['before']} before them" if run else "the next visitor is refused"
    for visitor in (*script, honest):
        visitor.leave()
    return f"{accepted} accepted; {place}"


def starts_and_stops(url: str, _process, runs: Path) -> str:
    visitor = Visitor(url, "train", TRAINING, SCRIPT)
    for _ in range(40):
        for button in ("train.start", "train.stop", "train.new"):
            until = time.monotonic() + LONGEST
            while not visitor.shows(button) and time.monotonic() < until:
                visitor.open("train", f"run={visitor.asked_for('run')}" if visitor.asked_for("run") else TRAINING)
            visitor.press(button)
    visitor.leave()
    size = sum(file.stat().st_size for file in runs.rglob("*") if file.is_file())
    return f"40 starts and stops leave {len(list(runs.iterdir()))} folders of {size / 1e6:.1f} MB"


def largest_landscape(url: str, _process, _runs: Path) -> str:
    script = Visitor(url, "results", "run=synthetic&part=landscape&points=41&samples=2000", SCRIPT)
    script.press("results.compute")
    honest = Visitor(url, "train", TRAINING, HONEST)
    honest.press("train.start")
    begun, run = time.monotonic(), honest.asked_for("run")
    while state_of(url, run)["state"] == "waiting" and time.monotonic() - begun < LONGEST:
        time.sleep(0.5)
    waited = time.monotonic() - begun
    script.leave()
    honest.leave()
    return f"the next visitor waits {'more than ' if waited >= LONGEST else ''}{waited:.0f} s"


def own_pictures(url: str, _process, _runs: Path) -> str:
    query = "run=synthetic&part=own_picture"
    large, small = picture(5000), picture(64)
    script = [Visitor(url, "results", query, SCRIPT) for _ in range(12)]
    honest = Visitor(url, "results", query, HONEST)
    threads = [threading.Thread(target=asks, args=(visitor, large, 3), daemon=True) for visitor in script]
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    waited = asks(honest, small, 1)
    for thread in threads:
        thread.join()
    for visitor in (*script, honest):
        visitor.leave()
    return f"12 sessions with pictures of 25 million pixels; an honest one is answered after {waited:.1f} s"


def picture(side: int) -> str:
    file = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def asks(visitor: Visitor, given: str, times: int) -> float:
    begun = time.monotonic()
    with contextlib.suppress(TimeoutError, ConnectionClosed):
        for _ in range(times):
            visitor.give("results.drop", "picture", given)
    return time.monotonic() - begun


def uploads(url: str, process, _runs: Path) -> str:
    visitor, before, answers = Visitor(url, "train"), resident_megabytes(process), []
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    body = head + bytes(40_000_000) + b"\r\n--x--\r\n"
    for number in range(5):
        connection = http.client.HTTPConnection(urlparse(url).netloc, timeout=LONGEST)
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        with contextlib.suppress(OSError):  # it is refused before the body is read
            connection.request("PUT", f"/_stcore/upload_file/{visitor.session}/{number}", body, headers)
        with contextlib.suppress(OSError, http.client.HTTPException):
            answers.append(connection.getresponse().status)
        connection.close()
    grown = resident_megabytes(process) - before
    visitor.leave()
    return f"five files of 40 MB: answers {sorted(set(answers)) or 'none'}, memory {grown:+.0f} MB"


def frames(url: str, process, _runs: Path) -> str:
    before, most, ended = resident_megabytes(process), [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            most[0] = max(most[0], resident_megabytes(process) - before)

    def send() -> None:
        stream = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
        with contextlib.suppress(ConnectionClosed, OSError), connect(stream, subprotocols=["streamlit"]) as socket:
            socket.send(bytes(100_000_000))
            socket.recv(timeout=LONGEST)

    threads = [threading.Thread(target=send, daemon=True) for _ in range(8)]
    for thread in (watcher := threading.Thread(target=watch, daemon=True), *threads):
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    ended.set()
    watcher.join()
    return f"eight frames of 100 MB: memory up to {most[0]:+.0f} MB"


def spellings(url: str, process, _runs: Path) -> str:
    host, before = urlparse(url).netloc, resident_megabytes(process)
    with urllib.request.urlopen(url, timeout=30) as page:
        (name, *_) = re.findall(r"static/js/index\.[\w-]+\.js", page.read().decode())
    connection = http.client.HTTPConnection(host, timeout=LONGEST)
    for number in range(200):
        connection.request(
            "GET", f"/static/{'./' * number}{name.removeprefix('static/')}", headers={"Accept-Encoding": "gzip"}
        )
        connection.getresponse().read()
    connection.close()
    return f"200 spellings of a file's path: memory {resident_megabytes(process) - before:+.0f} MB"


ATTACKS = (sixty_starts, starts_and_stops, largest_landscape, own_pictures, uploads, frames, spellings)


def rows():
    """Yield (what, measured, target) for every attack."""
    for attack in ATTACKS:
        with server() as (url, process, runs):
            runs.mkdir(exist_ok=True)
            neighbour = Neighbour(url)
            neighbour.start()
            times = [time.monotonic()]
            time.sleep(QUIET)
            times.append(time.monotonic())
            told = attack(url, process, runs)
            times.append(time.monotonic())
            time.sleep(QUIET)
            times.append(time.monotonic())
            neighbour.leave()
            felt = " → ".join(neighbour.between(*pair) for pair in itertools.pairwise(times))
        name = attack.__name__.replace("_", " ")
        yield f"{name}: a neighbour's move before → meanwhile → after, p50 / p95", f"{felt} ms; {told}", ""
