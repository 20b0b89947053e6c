"""A walk through every section in Firefox, driven over WebDriver BiDi; it skips where there is no Firefox."""

import itertools
import json
import os
import re
import shutil
import subprocess
import time

import pytest
from websockets.sync.client import connect

from tests.browser.conftest import UNFINISHED
from tests.browser.test_stage import MEASURE, SECTIONS

pytestmark = pytest.mark.slow

WIDTH, HEIGHT = 1366, 768
FINISHED = f"""() => document.querySelector("[class*=st-key-stage-figure] :is(.xb, .xf)") !== null
    && !document.querySelector(`{UNFINISHED}`) && document.fonts.status === "loaded\""""
THUMB = """() => {
    const { left, top, width, height } = document.querySelector(".xlb-table input[type=range]").getBoundingClientRect();
    return [left + width / 2, top + height / 2];
}"""


class Firefox:
    """A Firefox without a window, with one tab, and the errors of the pages that it has shown."""

    def __init__(self, socket):
        self.socket = socket
        self.count = itertools.count(1)
        self.errors = []
        self.command("session.new", capabilities={})
        self.command("session.subscribe", events=["log.entryAdded"])
        self.tab = self.command("browsingContext.getTree")["contexts"][0]["context"]
        viewport = {"width": WIDTH, "height": HEIGHT}
        self.command("browsingContext.setViewport", context=self.tab, viewport=viewport)

    def command(self, method: str, **parameters):
        """Send a command and return its result."""
        sent = next(self.count)
        self.socket.send(json.dumps({"id": sent, "method": method, "params": parameters}))
        while (message := json.loads(self.socket.recv(timeout=90))).get("id") != sent:
            entry = message.get("params", {})
            if message.get("method") == "log.entryAdded" and entry["type"] == "javascript":
                self.errors.append(entry["text"])
        assert message["type"] == "success", message
        return message["result"]

    def evaluate(self, function: str):
        """Return what a function of the page returns."""
        found = self.command(
            "script.evaluate",
            expression=f"JSON.stringify(({function})() ?? null)",
            target={"context": self.tab},
            awaitPromise=False,
        )
        assert found["type"] == "success", found
        return json.loads(found["result"]["value"])

    def wait_for(self, function: str):
        """Wait until a function of the page returns what is true, and return it."""
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            if found := self.evaluate(function):
                return found
            time.sleep(0.05)
        return pytest.fail(f"not in ninety seconds: {function}")

    def visit(self, address: str):
        """Open an address and wait until its boards and figures are drawn."""
        self.command("browsingContext.navigate", context=self.tab, url=address, wait="complete")
        self.wait_for(FINISHED)

    def drag(self, start, end):
        """Drag the mouse from one point to another."""
        moves = [
            {"type": "pointerMove", "x": round(start[0]), "y": round(start[1])},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerMove", "x": round(end[0]), "y": round(end[1]), "duration": 100},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves}
        self.command("input.performActions", context=self.tab, actions=[mouse])


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    executable = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
    if executable is None:
        if os.environ.get("EXPLORER_REQUIRE_BROWSER") == "1":
            pytest.fail("no Firefox was found on the PATH")
        pytest.skip("no Firefox was found on the PATH")
    home = tmp_path_factory.mktemp("firefox")
    preferences = {"webgl.force-enabled": True, "intl.accept_languages": "en-US"}
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items())
    (home / "user.js").write_text("\n".join(lines))
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [executable, "--headless", "--no-remote", "--profile", str(home), "--remote-debugging-port", "0"],
            env=os.environ | {"HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while not (said := re.search(r"BiDi listening on (ws://\S+)", (home / "log").read_text())):
            assert process.poll() is None and time.monotonic() < deadline, (home / "log").read_text()
            time.sleep(0.1)
        with connect(f"{said[1]}/session", max_size=None) as socket:
            yield Firefox(socket)
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def without_errors(firefox):
    firefox.errors.clear()
    yield
    assert firefox.errors == []


@pytest.mark.slow
@pytest.mark.parametrize("path", SECTIONS)
def test_a_section_is_drawn_with_its_controls_and_figures_on_the_first_screen(firefox, without_errors, app_url, path):
    firefox.visit(f"{app_url}{path}")
    # What stands above a chart takes its height from it once it is there itself.
    firefox.wait_for(
        f"""() => {{
            const {{ figures, sliders }} = ({MEASURE})();
            return figures.length && [...figures, ...sliders].every(({{ bottom }}) => bottom <= {HEIGHT});
        }}"""
    )


def test_a_drag_moves_the_board_and_the_address(firefox, without_errors, app_url):
    firefox.visit(f"{app_url}/softmax?z=0,0,0,0,0,0,0,0,0,0")
    x, y = firefox.evaluate(THUMB)
    firefox.drag((x, y), (x + 40, y))
    firefox.wait_for("() => Number(document.querySelector('.xlb-table input[type=range]').value) > 0.5")
    firefox.wait_for("() => parseFloat(new URLSearchParams(location.search).get('z')) > 0.5")


PRESS_START = """() => [...document.querySelectorAll(".xrm-commands button")]
    .find(({ textContent }) => textContent === "Start training").click()"""
TRAINED = """() => document.querySelector(".xrm-state")?.textContent === "Finished after epoch 2"
    && document.querySelector(".xrm-tiles div:nth-child(2) dd").textContent"""


def test_a_training_in_the_browser_goes_to_its_end(firefox, without_errors, app_url):
    firefox.visit(f"{app_url}/train?where=browser&epochs=2&batch=32")
    firefox.evaluate(PRESS_START)
    assert float(firefox.wait_for(TRAINED)) < 2.1
