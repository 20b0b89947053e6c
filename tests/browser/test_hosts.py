"""Hosts: one that runs app.py as a script and serves no route of ours, and what the usual one serves to anybody."""

import base64
import contextlib
import http.client
import socket
import struct
import urllib.parse

import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from explorer.components import assets
from explorer.stage import page

pytestmark = pytest.mark.slow

DRAWN = """() => document.querySelector("[data-testid=stMain] .xb, [data-testid=stMain] .xf")
    && !document.querySelector("[data-testid=stApp][data-test-script-state=running]")
    && [...document.querySelectorAll(".xf")].every((figure) => figure.dataset.drawn)"""

ASKING = """() => setInterval(() => {
    if (explorerWaiting.size >= 3) return;
    explorerAsk("explorer-runs/synthetic/events?since=").catch(() => (window.unanswered = true));
}, 60)"""


def test_where_app_py_is_run_as_a_script_every_page_works_and_a_run_is_watched(tab, script_url):
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{script_url}/train?data=synthetic&size=1000&epochs=1")
    tab.locator(".st-key-train-start button").click(timeout=60_000)
    tab.wait_for_url("**run=*", timeout=60_000)
    asking = tab.evaluate(ASKING)  # some of these questions would overtake a change of page
    for path in filter(None, (*page.PAGES.values(), "train")):
        tab.locator(f"a[href$='{path}']").first.click()
        tab.wait_for_url(f"**/{path}*")
        tab.wait_for_function(DRAWN, timeout=60_000)
        assert not tab.locator("[data-testid=stException]").count()
    tab.evaluate("clearInterval", asking)
    zip = tab.locator(".xrm-download a[href^=blob]")
    assert "run=" in tab.url  # no setting of the page has got lost on the way
    zip.wait_for(timeout=120_000)
    assert tab.evaluate("(url) => fetch(url).then((it) => it.blob()).then((it) => it.size)", zip.get_attribute("href"))
    tab.wait_for_selector(".xrm-weights:not([hidden])", timeout=30_000)
    assert tab.evaluate("[...document.scripts].filter((script) => script.src.startsWith('blob:')).length") == 1
    assert not tab.evaluate("window.unanswered")
    assert not [url for url in asked if assets.PREFIX in url or "explorer-runs" in url]


# As Streamlit Community Cloud starts it: its own entry file, from the repository's root, with settings that it forces.
ON_COMMUNITY_CLOUD = (
    *("-m", "streamlit", "run", "docs/hosting/community_cloud/app.py", "--server.headless", "true"),
    *("--server.enableCORS", "false", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "poll"),
)


def test_on_community_cloud_pages_files_and_a_training_are_as_everywhere(tab, serve):
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    with serve(ON_COMMUNITY_CLOUD) as url:
        tab.goto(f"{url}/train?data=synthetic&size=1000&epochs=1")
        tab.locator(".st-key-train-start button").click(timeout=60_000)
        tab.wait_for_url("**run=*", timeout=60_000)
        tab.locator(".xrm-download a").wait_for(timeout=180_000)
        tab.goto(f"{url}/softmax")
        tab.wait_for_function(DRAWN, timeout=60_000)
        assert not tab.locator("[data-testid=stException]").count()
        assert [url for url in asked if assets.PREFIX in url] and [url for url in asked if "explorer-runs" in url]


FETCHED = """async (route) => {
    const answer = await explorerAsk(route);
    return [answer.status, answer.headers.get("content-type"), (await answer.arrayBuffer()).byteLength];
}"""


def test_where_app_py_is_run_as_a_script_a_run_larger_than_a_message_is_taken_along(tab, script_url, script_home):
    folder = script_home / "runs" / "a-large-run"
    folder.mkdir(parents=True)
    (folder / "events.jsonl").write_text('{"event": "finished", "reason": "epochs"}\n')
    (folder / "weights.pt").write_bytes(np.random.default_rng(0).bytes(9_000_000))
    tab.goto(f"{script_url}/softmax")
    tab.wait_for_function("() => globalThis.explorerAsk", timeout=60_000)
    status, kind, size = tab.evaluate(FETCHED, "explorer-runs/a-large-run/run.zip")
    assert (status, kind) == (200, "application/zip") and size > 9_000_000
    assert tab.evaluate(FETCHED, "explorer-runs/a-large-run/events")[0] == 200  # and the connection goes on
    assert not tab.locator("[data-testid=stException]").count()


TOGETHER = """(button) => {
    const plain = window.setTimeout;
    window.setTimeout = (act, after) => plain(() => {
        act();
        if (after < 1000) button.click();
    }, after);
    explorerAsk("explorer-runs/synthetic/events?since=");
    window.setTimeout = plain;
}"""


def test_a_click_in_the_same_moment_as_a_question_is_not_lost(tab, script_url):
    tab.goto(f"{script_url}/softmax")
    tab.wait_for_function(f"() => globalThis.explorerAsk && ({DRAWN})()", timeout=60_000)
    button = tab.locator("[class*=-preset] button").nth(1)
    tab.evaluate(TOGETHER, button.element_handle())
    tab.wait_for_url("**/softmax?*", timeout=30_000)


def _get(url: str, target: str):
    """Ask for exactly this target: a browser would tidy it up first."""
    host = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=20)
    connection.putrequest("GET", target, skip_accept_encoding=True)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


ESCAPES = ("..", "%2e%2e", "..%2f..", "%2e%2e%2f%2e%2e", "..%5c..", "....//..", ".%00.", "%252e%252e")
INSIDE = b"StreamlitFiles"  # stands in app.py


@pytest.mark.parametrize("escape", ESCAPES)
def test_no_route_leads_out_of_its_folder(app_url, escape):
    roots = (f"/{assets.route('shared')}", f"/{assets.PREFIX}", "/explorer-runs/synthetic", "/explorer-runs", "/media")
    for root in (
        *roots,
        "/static",
        "/app/static",
        "/component",
        "/_stcore",
        "/_stcore/bidi-components/explorer.gallery",
    ):
        for rest in ("app.py", "../app.py", "../../../app.py", "../../../../../../../etc/passwd"):
            status, _, body = _get(app_url, f"{root}/{escape}/{rest}")
            assert INSIDE not in body and b"root:" not in body, (root, rest)
            assert status < 500, (root, rest)


def test_what_the_routes_serve_says_what_it_is(app_url):
    for target in (
        assets.route("shared/mount.js"),
        assets.route("plotly/plotly.min.js"),
        "explorer-runs/synthetic/events",
    ):
        status, headers, _ = _get(app_url, f"/{target}")
        assert status == 200
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-type"].split(";")[0] in ("text/javascript", "application/json")


@pytest.mark.parametrize("path", ["/softmax?T=2", "/", "/no-such-page"])
def test_a_page_that_is_opened_by_its_link_asks_for_everything_at_the_root(visit, tab, app_url, path):
    asked, failed = [], []
    tab.on("request", lambda request: asked.append(request.url.removeprefix(app_url)))
    tab.on("response", lambda answer: answer.status < 400 or failed.append(answer.url))
    visit(path)
    tab.reload()  # by a page that the browser has, and is told that it is still so
    tab.wait_for_selector(".xb, .xf[data-drawn]")
    # Else Streamlit's client reads window.__streamlit.BACKEND_BASE_URL no more, which no documentation promises.
    assert [url for url in asked if url.endswith("health")] == 2 * ["/_stcore/health"]
    assert [url for url in asked if url.endswith("host-config")] == 2 * ["/_stcore/host-config"]
    assert not failed


def _announce(url: str, method: str, target: str, **headers: str):
    """Announce a body of 40 MB, send none of it, and return status and body of the answer that comes all the same."""
    host = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=20)
    connection.putrequest(method, target)
    for name, value in {"Content-Length": "40000000", **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    with contextlib.closing(connection):
        return answer.status, answer.read()


@pytest.mark.parametrize("method, target", [("PUT", "/_stcore/upload_file/a/b"), ("POST", "/_stcore/agent/interact")])
def test_what_would_be_left_here_is_refused_before_any_of_it_is_read(app_url, method, target):
    assert _announce(app_url, method, target) == (405, b"no file and no other upload is taken at this address")


def test_where_app_py_is_run_as_a_script_no_file_is_taken_either(script_url):
    _, headers, _ = _get(script_url, "/_stcore/health")
    cookie = headers["set-cookie"].partition(";")[0]
    allowed = {
        "Cookie": cookie,
        "X-Xsrftoken": cookie.partition("=")[2],
        "Content-Type": "multipart/form-data; boundary=x",
    }
    address = f"{script_url.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None) as session:
        session.send(BackMsg(rerun_script={"page_name": ""}).SerializeToString())
        while not (told := ForwardMsg.FromString(session.recv(timeout=60))).HasField("new_session"):
            pass
        id = told.new_session.initialize.session_id
        assert _announce(script_url, "PUT", f"/_stcore/upload_file/{id}/file", **allowed)[0] == 413


def test_a_frame_larger_than_a_message_may_be_is_refused_at_its_first_bytes(app_url):
    host = urllib.parse.urlsplit(app_url)
    with socket.create_connection((host.hostname, host.port), timeout=20) as connection:
        key = base64.b64encode(bytes(16)).decode()
        head = f"GET /_stcore/stream HTTP/1.1\r\nHost: {host.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        connection.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        answer = connection.makefile("rb")
        assert b" 101 " in answer.readline()
        while answer.readline() != b"\r\n":
            pass
        # A binary frame, masked, of one byte more than 6 MB, of which nothing follows.
        connection.sendall(b"\x82\xff" + struct.pack("!Q", 6_000_001) + bytes(4))
        opcode, _, *code = answer.read(4)
        assert (opcode, int.from_bytes(code)) == (0x88, 1009)  # closed: message too big


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_routes_only_read(app_url, method):
    host = urllib.parse.urlsplit(app_url)
    for target in (assets.route("shared/mount.js"), "explorer-runs/synthetic/events"):
        connection = http.client.HTTPConnection(host.hostname, host.port, timeout=20)
        connection.request(method, f"/{target}", body=b"x")
        assert connection.getresponse().status in (403, 405)
        connection.close()
