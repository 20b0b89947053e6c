"""Hosts: one that runs app.py as a script and serves no route of ours, and what the usual one serves to anybody."""

import http.client
import urllib.parse

import numpy as np
import pytest

from explorer.components import assets
from explorer.stage import page

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
        tab.locator(f"a[href$='/{path}']").first.click()
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
    button = tab.locator("[data-testid=stMain] .stButton button").nth(1)
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
INSIDE = b"GZipMiddleware"  # stands in app.py


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


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_routes_only_read(app_url, method):
    host = urllib.parse.urlsplit(app_url)
    for target in (assets.route("shared/mount.js"), "explorer-runs/synthetic/events"):
        connection = http.client.HTTPConnection(host.hostname, host.port, timeout=20)
        connection.request(method, f"/{target}", body=b"x")
        assert connection.getresponse().status in (403, 405)
        connection.close()
