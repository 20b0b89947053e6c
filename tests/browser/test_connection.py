"""The connection to the server is cut for a while, and what was moved meanwhile is not lost."""

import contextlib
import socket
import threading
import time
import urllib.parse

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import drawn

pytestmark = pytest.mark.slow

CONNECTED = "[data-testid=stApp][data-test-connection-state=CONNECTED]"


class Line:
    """A way to a server that can be cut: what goes over it ends then, and nothing new is let in until it is mended."""

    def __init__(self, url: str):
        self.server = urllib.parse.urlsplit(url).port
        self.port = 0
        self.ends = set()
        self.answers = True  # whether what the server says is passed on
        self.kept_back = b""  # what the server has said meanwhile
        self.mend()
        self.url = f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        self.answers = True
        self.listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listening,), daemon=True).start()

    def cut(self) -> None:
        for end in (self.listening, *self.ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends.clear()

    def _accept(self, listening):
        with contextlib.suppress(OSError):
            while True:
                browser = listening.accept()[0]
                server = socket.create_connection(("127.0.0.1", self.server))
                self.ends |= {browser, server}
                for ends in ((browser, server, True), (server, browser, False)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, one, other, to_server):
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                if to_server or self.answers:
                    other.sendall(data)
                else:
                    self.kept_back += data
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(app_url):
    """A line to the app that can be cut."""
    line = Line(app_url)
    yield line
    line.cut()


def to_its_end(slider):
    slider.press("End")


def type_seven(field):
    field.fill("7")
    field.press("Enter")


def click(button):
    button.click()


SLIDER = "input[type=range]:enabled"
MOVES = {
    "/softmax": (f".xlb {SLIDER}", to_its_end),
    "/softmax?part=surface": (".xlb .xb-field", type_seven),
    "/softmax?part=samples": (".xst .xb-field", type_seven),
    "/softmax?part=picture": (f".xpb {SLIDER}", to_its_end),
    "/logistic-regression": (f".xlg {SLIDER}", to_its_end),
    "/logistic-regression?part=surface": (f".xwb {SLIDER}", to_its_end),
    "/cross-entropy": (f".xdb {SLIDER}", to_its_end),
    "/softmax-or-sigmoid": (f".xbb {SLIDER}", to_its_end),
    "/softmax-or-sigmoid?part=descent": (f".xnb {SLIDER}", to_its_end),
    "/results?part=calibration&run=cifar10": (f".xcb {SLIDER}", to_its_end),
    "/results?part=microscope": (".xg button:not([aria-pressed=true])", click),
    "/results?part=whole": (".xcm td button:enabled", click),
    "/train?run=synthetic": (".xrm-views button:not([aria-checked=true])", click),
    "/guess": (f".xgb {SLIDER}", to_its_end),
}
# Not the line of the question: which one it is depends on what was found before.
PARTS = (
    "[data-testid=stMain] :is(.xb, [data-testid=stCaptionContainer], .js-plotly-plot):not([class*=st-key-question-] *)"
)
SEEN = f"""() => [...document.querySelectorAll("{PARTS}")]
    .map((node) => node.getAttribute("aria-label") ?? node.innerText).join("\\n")"""

# The same, once it has stayed so for two seconds: after a lost connection the page may be drawn twice.
AT_REST = f"""async () => {{
    const seen = ({SEEN})();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return seen === ({SEEN})() && seen;
}}"""


@pytest.mark.parametrize("path", MOVES)
def test_what_is_moved_while_the_connection_is_away_is_not_lost(tab, line, path):
    tab.goto(line.url + path)
    drawn(tab)
    selector, move = MOVES[path]
    moved = tab.locator(selector).first
    moved.wait_for()
    before = tab.url
    line.cut()
    tab.wait_for_selector(f"[data-testid=stApp]:not({CONNECTED})")
    move(moved)
    line.mend()
    tab.wait_for_url(lambda url: url != before)
    drawn(tab)
    seen = tab.wait_for_function(AT_REST).json_value()
    tab.reload()
    tab.wait_for_function(f"(seen) => ({SEEN})() === seen", arg=seen)


HEARD = {
    "z=10": (f".xlb {SLIDER}", to_its_end),
    "T=10": ("[class*=-preset] button:has-text('Hot')", click),
}


@pytest.mark.parametrize("address", HEARD)
def test_what_the_server_has_heard_is_shown_though_its_answer_got_lost(tab, line, address):
    tab.goto(f"{line.url}/softmax")
    drawn(tab)
    line.answers = False
    selector, move = HEARD[address]
    move(tab.locator(selector).first)
    deadline = time.monotonic() + 20
    while address.encode() not in line.kept_back and time.monotonic() < deadline:
        time.sleep(0.01)
    assert address.encode() in line.kept_back
    line.cut()
    tab.wait_for_selector(f"[data-testid=stApp]:not({CONNECTED})")
    line.mend()
    tab.wait_for_url(f"**/softmax?{address}*")


def test_an_image_that_is_chosen_while_the_connection_is_away_is_answered_once_it_is_back(tab, line):
    tab.goto(f"{line.url}/results?part=own_picture")
    drawn(tab)
    line.cut()
    tab.wait_for_selector(f"[data-testid=stApp]:not({CONNECTED})")
    tab.locator(".xfz-input").set_input_files({"name": "cat.png", "mimeType": "image/png", "buffer": b"no image"})
    expect(tab.locator(".xpd-note")).to_contain_text("cat.png")
    line.mend()
    expect(tab.get_by_test_id("stAlert")).to_be_visible(timeout=120_000)


@pytest.mark.parametrize("moved_before", [True, False])
def test_a_page_that_a_server_begun_anew_does_not_know_goes_on(tab, line, other_app_url, moved_before):
    tab.goto(f"{line.url}/softmax")
    drawn(tab)
    classes = tab.locator("button.xlb-name")
    if moved_before:
        classes.nth(7).click()
        tab.wait_for_url("**y=7*")
    line.cut()
    tab.wait_for_selector(f"[data-testid=stApp]:not({CONNECTED})")
    if moved_before:
        classes.nth(2).click()
    line.server = urllib.parse.urlsplit(other_app_url).port
    line.mend()
    tab.wait_for_selector(CONNECTED)
    if not moved_before:
        classes.nth(2).click()
    tab.wait_for_url("**y=2*")
    caption = tab.locator(".st-key-said-board [data-testid=stCaptionContainer]")
    expect(caption).to_contain_text("True class: bird")
    to_its_end(tab.locator(f".xlb {SLIDER}").first)
    tab.wait_for_url("**/softmax?z=10*")
