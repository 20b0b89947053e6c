"""The app under measurement: a server of its own, and visitors that speak its protocol without a browser."""

import contextlib
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from explorer.runs.launcher import Launcher, end
from tests.serving import served


@contextlib.contextmanager
def server(data_dir: Path | None = None, cores: set[int] | None = None):
    """Start the app as the README says, on some of the cores or all; yield (address, process, folder of its runs)."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, contextlib.ExitStack() as started:
        home = Path(folder)
        with pinned(cores):
            url, process = started.enter_context(served(home, data=data_dir))
        yield url, process, home / "runs"


@contextlib.contextmanager
def pinned(cores: set[int] | None):
    """Let what is started meanwhile run on these cores only, if any are given."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores or all_of_them)
    yield
    os.sched_setaffinity(0, all_of_them)


@contextlib.contextmanager
def training_beside(*arguments: str):
    """Let the small network learn drawn shapes on one core meanwhile, behind the pages, as runs of the app are."""
    fixed = ("--dataset", "synthetic", "--model", "cnn", "--threads", "1", "--epochs", "100000")
    process = Launcher().start([*fixed, *arguments], Path(os.devnull))
    try:
        yield
    finally:
        end(process)


def wait_until(condition, seconds: float = 120.0, pause: float = 0.02) -> None:
    """Wait until `condition()` holds; raise TimeoutError after `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(pause)


class Visitor:
    """One session, as a browser opens it: a websocket that asks for reruns and reads what comes back.

    address: where it comes from, as a proxy on this machine would say. cookie: what it shows. tls: for https.
    """

    def __init__(self, url: str, page: str, query: str = "", address: str = "", cookie: str = "", tls=None):
        headers = {name: said for name, said in (("X-Forwarded-For", address), ("Cookie", cookie)) if said}
        self._socket = connect(
            f"{url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            ssl=tls,
            origin="/".join(url.split("/")[:3]),
            additional_headers=headers,
        )
        self._boards: dict[str, tuple[str, str]] = {}  # by key: the component's id, and the fragment that it moves
        self._buttons: dict[str, str] = {}  # by key: the button's id
        self.data: dict[str, dict] = {}  # by key: what a component of the page was told last
        self.session = ""
        self._states: dict[str, str] = {}  # by id, as JSON
        self.errors: list[str] = []  # what the pages told instead of a picture
        self.open(page, query)

    def open(self, page: str, query: str = "") -> float:
        """Go to a page; return the seconds until its script has finished."""
        self._page, self._query = page, query
        self._boards.clear()
        self._buttons.clear()
        return self._rerun()

    def move(self, board: str, state: dict) -> float:
        """Hand over the state of the page's board of this key, as on a release; return the seconds to the answer."""
        component, fragment = self._boards[board]
        self._states[component] = json.dumps({"state": state})
        return self._rerun(fragment)

    def press(self, button: str) -> float:
        """Press the page's button of this key; return the seconds to the answer."""
        message = self._message()
        message.rerun_script.widget_states.widgets.add(id=self._buttons[button], trigger_value=True)
        return self._send(message)

    def give(self, board: str, event: str, value) -> float:
        """Let the page's board of this key send a value once; return the seconds to the answer."""
        component, _ = self._boards[board]
        message = self._message()
        told = json.dumps([{"event": event, "value": value}])
        message.rerun_script.widget_states.widgets.add(
            id=_make_trigger_id(component, "events"), json_trigger_value=told
        )
        return self._send(message)

    def asked_for(self, name: str) -> str:
        """Return what the page's address says of a setting, "" if it says nothing."""
        return urllib.parse.parse_qs(self._query).get(name, [""])[0]

    def shows(self, button: str) -> bool:
        """Return whether the page has a button of this key."""
        return button in self._buttons

    def _rerun(self, fragment: str = "") -> float:
        return self._send(self._message(fragment))

    def _message(self, fragment: str = "") -> BackMsg:
        message = BackMsg()
        asked = message.rerun_script
        asked.page_name, asked.query_string, asked.fragment_id = self._page, self._query, fragment
        for component, state in self._states.items():
            asked.widget_states.widgets.add(id=component, json_value=state)
        return message

    def _send(self, message: BackMsg) -> float:
        """Return the seconds to the end of the last of the reruns that a message sets off."""
        if not message.rerun_script.fragment_id:
            self._buttons.clear()
        begun = time.perf_counter()
        self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=60))
            kind = answer.WhichOneof("type")
            if kind == "delta":
                self._take_in(answer.delta)
            elif kind == "page_info_changed":
                self._query = answer.page_info_changed.query_string
            elif kind == "new_session":
                self.session = answer.new_session.initialize.session_id
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - begun

    def _take_in(self, delta) -> None:
        element = delta.new_element
        if element.HasField("exception"):
            self.errors.append(element.exception.message)
        if element.HasField("bidi_component"):
            component = element.bidi_component.id
            key = component.split("-", 2)[2]
            self._boards[key] = component, delta.fragment_id
            self.data[key] = json.loads(element.bidi_component.bytes or b"{}")
        if element.HasField("button"):
            self._buttons[element.button.id.split("-", 2)[2]] = element.button.id

    def leave(self) -> None:
        self._socket.close()


def ten_logits(a: float, b: float) -> dict:
    """Return the state of a board of ten classes whose first two logits are these, and the others 0."""
    return {"z": [a, b, *[0] * 8]}


BOARD = "softmax.board.surface.airplane"  # of the most expensive page, /softmax?part=surface


def moves(visitors: list[Visitor], seconds: float, every: float) -> list[float]:
    """Let visitors of that page move its board for so long; return the seconds of each move.

    every: as in `turns`. Raises what any of them meets instead of an answer.
    """
    taken: list[float] = []
    until = time.monotonic() + seconds

    def move(visitor: Visitor, number: int) -> None:
        for turn in turns(until, every, number / len(visitors)):
            taken.append(visitor.move(BOARD, ten_logits(turn % 9, number % 9)))

    with ThreadPoolExecutor(len(visitors)) as threads:
        list(threads.map(move, visitors, range(len(visitors))))
    return taken


def turns(until: float, every: float, share: float = 0.0):
    """Yield a number every so many seconds, when this share of them is over; without a pause if `every` is 0.

    What was missed is not made up for. Visitors who paused for as long after each answer would all come at once after
    the first that kept them waiting.
    """
    turn = 0
    while time.monotonic() < until:
        if every:
            time.sleep((every * share - time.monotonic()) % every)
        yield turn
        turn += 1


def quantiles(values: list[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]


def resident_megabytes(process: subprocess.Popen) -> float:
    """Return the process's resident memory."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
