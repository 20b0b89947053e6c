"""The browser's files: each is found by its own name alone, and all of them also travel as one parcel."""

import asyncio
import gzip
import json
import posixpath
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from plotly.offline import get_plotlyjs_version
from starlette.responses import Response
from starlette.routing import Route

from explorer.components import assets, websocket_bridge
from explorer.server import routes

IMPORT = re.compile(r'^(?:import|export)\b[^"]*from "(\.{1,2}/[^"]+)"|^import "(\.{1,2}/[^"]+)"', re.MULTILINE)
MODULES = [path for path in assets.files() if path.endswith(".js")]


def test_the_parcel_holds_every_file_as_the_route_serves_it():
    parcel = json.loads(gzip.decompress(assets.parcel()))
    assert parcel.keys() == assets.files().keys()
    for path in MODULES:
        assert parcel[path]["text"].encode() == gzip.decompress(assets.read(path))
        assert parcel[path]["type"] == "text/javascript"


def test_the_browsers_plotly_is_that_of_python_and_draws_all_that_the_figures_are_made_of():
    name = re.search(r"plotly.js v(\d+\.\d+)\.\d+ with (.*)", assets.files()["plotly/plotly.min.js"].read_text("utf-8"))
    assert get_plotlyjs_version().startswith(f"{name[1]}."), (
        "set VERSION in explorer/components/plotly/build.mjs and run it"
    )
    sources = "".join(file.read_text("utf-8") for file in assets.FOLDER.parent.rglob("*.py"))
    made_of = {trace.lower() for trace in re.findall(r"\bgo\.([A-Z]\w+)\(", sources)} - {"figure"}
    assert made_of == set(name[2].split(", "))


@pytest.mark.parametrize("path", MODULES)
def test_a_module_imports_what_is_there(path):
    source = assets.files()[path].read_text("utf-8")
    for found in IMPORT.findall(source):
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), "".join(found)))
        assert wanted in assets.files()


@pytest.mark.parametrize(
    "path", [path for path in MODULES if not path.startswith(("shared/host", "websocket_bridge/", "plotly/"))]
)
def test_a_module_reaches_the_server_by_the_host_module_alone(path):
    # On a host without our routes, what else it fetched would not be there.
    source = assets.files()[path].read_text("utf-8")
    assert not re.search(r"fetch\((?!located\()|XMLHttpRequest|EventSource|new WebSocket", source)
    assert not re.search(r"(src|href) = new URL\((?![^)]*import\.meta)|`\$\{route\}[^`]*`, document\.baseURI", source)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            ".",
            "..",
            "../assets.py",
            "shared/../../settings.py",
            "assets.py",
            "websocket_bridge/__init__.py",
            "shared",
        ),
        *("shared/./mount.js", "SHARED/mount.js", "/etc/passwd", "..\\..\\app.py", "shared/mount.js/", "a\x00.js"),
        "image_board/README.md",
        "plotly/build.mjs",
    ],
)
def test_nothing_but_a_browser_file_is_served(path, aside):
    assert assets.read(path) is None
    assert aside(asyncio.run, websocket_bridge.get(routes.routes(), f"{assets.route('')}{path}"))[0] == 404


def test_questions_for_files_that_are_not_there_leave_nothing_in_memory():
    before = assets._compressed.cache_info().currsize
    for number in range(100):
        assets.read(f"no/such/{number}.js")
    assert assets._compressed.cache_info().currsize == before


def test_a_link_among_the_files_leads_nowhere(tmp_path, monkeypatch):
    (tmp_path / "secret.js").write_text("secret")
    folder = tmp_path / "components"
    folder.mkdir()
    (folder / "link.js").symlink_to(tmp_path / "secret.js")
    monkeypatch.setattr(assets, "FOLDER", Path(folder))
    assert "link.js" not in assets.files.__wrapped__()


def test_a_route_answers_through_the_page_as_it_does_by_itself(aside):
    status, media_type, body = aside(asyncio.run, websocket_bridge.get(routes.routes(), assets.route("shared/wire.js")))
    assert (status, media_type.split(";")[0]) == (200, "text/javascript")
    assert body == assets.files()["shared/wire.js"].read_bytes()
    assert aside(asyncio.run, websocket_bridge.get(routes.routes(), "../etc/passwd"))[0] == 404
    assert (
        aside(asyncio.run, websocket_bridge.get(routes.routes(), "explorer-runs/unknown-run/events?since=1"))[0] == 404
    )


def test_questions_that_are_none_have_no_answer(aside):
    asked = [None, 7, "text", {}, {"id": 1}, {"id": "1", "route": ["x"]}, {"id": "1", "route": "x" * 10_000}]
    for shape in (asked, *asked, {"id": "1", "route": "x"}):
        assert aside(websocket_bridge.answers, routes.routes(), shape) == []
    many = [{"id": str(number), "route": "explorer-runs/nothing-here/events"} for number in range(100)]
    assert len(aside(websocket_bridge.answers, routes.routes(), many)) == websocket_bridge.MOST


def _answering(body):
    """Return routes that answer everything with `body`."""
    return [Route("/{path:path}", lambda _: Response(body, media_type="application/zip"))]


def test_answers_travel_in_messages_that_the_connection_lets_through(aside):
    body = np.random.default_rng(0).bytes(9_000_000)
    asked = [{"id": str(number), "route": "run.zip"} for number in range(2)]
    given = aside(websocket_bridge.answers, _answering(body), asked)
    messages = websocket_bridge.pieces(given)
    largest = tomllib.loads((assets.FOLDER.parents[1] / ".streamlit/config.toml").read_text())["server"][
        "maxMessageSize"
    ]
    assert max(map(len, messages)) < 1e6 * largest - 100_000  # what Streamlit adds has room
    lines, pieces = zip(*(message.split(b"\n", 1) for message in messages), strict=True)
    numbers = [(line["at"], line["of"]) for line in map(json.loads, lines)]
    assert numbers == [(at, len(messages)) for at in range(len(messages))]
    assert len({json.loads(line)["turn"] for line in lines}) == 1
    heads, bodies = b"".join(pieces).split(b"\n", 1)
    head = {"status": 200, "type": "application/zip", "size": len(body)}
    assert json.loads(heads) == [{"id": "0"} | head, {"id": "1"} | head]
    assert bodies == body * 2
    assert websocket_bridge.pieces([]) == []


def test_more_than_the_server_holds_for_one_visitor_is_asked_for_again_or_refused(aside, monkeypatch):
    monkeypatch.setattr(websocket_bridge, "LARGEST", 1000)
    asked = [{"id": str(number), "route": "run.zip"} for number in range(5)]
    given = aside(websocket_bridge.answers, _answering(bytes(400)), asked)
    assert [head["id"] for head, _ in given] == ["0", "1"]
    ((head, body),) = aside(websocket_bridge.answers, _answering(bytes(1001)), asked[:1])
    assert head["status"] == 413 and len(body) == head["size"] < 100
