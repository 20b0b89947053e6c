"""Streamlit's page and files from memory: each once, under its own name alone, and the page told where the root is."""

import gzip
import html
import json
import re
from pathlib import Path, PurePosixPath

import pytest
from starlette.responses import PlainTextResponse

from explorer.protocol.safe_files import digest
from explorer.server import client
from explorer.server.client import FOLDER, files, packed
from explorer.server.opening import ROOT
from explorer.server.streamlit_files import StreamlitFiles

SCRIPT = next(name for name in sorted(files()) if name.startswith("static/js/index."))
BASES = ["", "/course/x"]


async def streamlit(scope, receive, send):
    """Stand in for Streamlit's server."""
    await PlainTextResponse("Streamlit's server")(scope, receive, send)


ELSEWHERE = b"Streamlit's server"


@pytest.mark.parametrize("base", BASES)
def test_a_file_comes_compressed_and_is_not_sent_again_to_who_has_it(ask, base):
    app = StreamlitFiles(streamlit, base)
    status, headers, body = ask(app, f"{base}/{SCRIPT}", accept_encoding="gzip, br")
    assert status == 200 and gzip.decompress(body) == (FOLDER / SCRIPT).read_bytes()
    assert headers["content-type"].startswith("text/javascript") and headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"] and headers["vary"] == "Accept-Encoding"
    again = ask(app, f"{base}/{SCRIPT}", accept_encoding="gzip", if_none_match=headers["etag"])
    assert again[0] == 304 and not again[2]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("page", ["", "softmax", "no-such-page", "index.html"])
def test_every_page_is_streamlits_and_says_where_the_root_is(ask, base, page):
    app = StreamlitFiles(streamlit, base)
    status, headers, body = ask(app, f"{base}/{page}", accept_encoding="gzip")
    assert status == 200 and headers["content-type"].startswith("text/html")
    plain = gzip.decompress(body)
    assert plain.index(ROOT.encode()) < plain.index(b"<script type=")
    whole = (FOLDER / "index.html").read_bytes()
    assert all(line in plain for line in whole.splitlines() if b"<title>" not in line and b"</" not in line)
    assert headers["vary"] == "Accept-Encoding, Accept-Language"
    assert headers["cache-control"] == "no-cache"  # it is asked for each time, and sent when it has changed
    assert ask(app, f"{base}/{page}", if_none_match=headers["etag"])[0] == 304
    _, headers, body = ask(app, f"{base}/{page}")
    assert body == plain and "content-encoding" not in headers


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    "path",
    [
        *(f"/static/./{name}" for name in ("./js/x.js", "js/../js/x.js")),
        *("/static//js/x.js", "/STATIC/js/x.js", "/static/js/", "/static/js/none.js", "/favicon.png", "/manifest.json"),
        *("/_stcore/health", "/a/b", "//softmax", "/explorer-runs/x/events"),
    ],
)
def test_whatever_else_is_asked_for_goes_to_streamlits_server_and_leaves_nothing_in_memory(ask, base, path):
    before = packed.cache_info().currsize
    path = path.replace("x.js", PurePosixPath(SCRIPT).name)
    assert ask(StreamlitFiles(streamlit, base), f"{base}{path}", accept_encoding="gzip")[2] == ELSEWHERE
    assert packed.cache_info().currsize == before


def test_who_takes_no_gzip_and_whoever_writes_goes_to_streamlits_server(ask):
    app = StreamlitFiles(streamlit, "")
    assert ask(app, f"/{SCRIPT}")[2] == ELSEWHERE
    assert ask(app, f"/{SCRIPT}", "POST", accept_encoding="gzip")[2] == ELSEWHERE
    assert ask(app, "/softmax", "OPTIONS")[2] == ELSEWHERE


def test_an_address_outside_the_base_path_is_not_the_apps(ask):
    app = StreamlitFiles(streamlit, "/course/x")
    for path in ("/", "/softmax", f"/{SCRIPT}", "/course", "/course/xy", f"/a/course/x/{SCRIPT}"):
        assert ask(app, path, accept_encoding="gzip")[2] == ELSEWHERE


@pytest.mark.parametrize("base, path, led_to", [("/course/x", "", "x/"), ("", "/softmax/", "../softmax")])
def test_a_slash_at_the_end_is_removed_whatever_the_prefix_or_scheme(ask, base, path, led_to):
    status, headers, _ = ask(StreamlitFiles(streamlit, base), f"{base}{path}", query="lang=zh")
    assert (status, headers["location"]) == (307, f"{led_to}?lang=zh")


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("name", client.fonts())
def test_of_a_font_only_what_is_in_use_is_sent_and_the_whole_of_it_when_asked_for(ask, base, name):
    app, font = StreamlitFiles(streamlit, base), client.fonts()[name]
    assert len(font) < (FOLDER / name).stat().st_size / 3
    status, headers, body = ask(app, f"{base}/{name}", accept_encoding="gzip")
    assert (status, headers["content-type"], body) == (200, "font/woff2", font)
    assert ask(app, f"{base}/{name}", query=client.WHOLE, accept_encoding="gzip")[2] == ELSEWHERE


def test_a_font_of_another_version_of_streamlit_is_sent_as_it_is(ask, monkeypatch):
    assert len(client.fonts()) == 4 and client.faces().count("@font-face") == 3
    (name, *others) = client.fonts()
    monkeypatch.setattr(client, "digest", lambda file: "" if file == FOLDER / name else digest(file))
    for found in (client._made, client.fonts, client.faces):
        monkeypatch.setattr(client, found.__name__, found.__wrapped__)
    assert list(client.fonts()) == others
    assert ask(StreamlitFiles(streamlit, ""), f"/{name}")[2] == ELSEWHERE
    monkeypatch.setattr(client, "digest", lambda file: "")
    assert client.fonts() == {} and client.faces() == ""


def noted(font: str) -> dict:
    return json.loads((client.FONTS / "fonts.json").read_text("utf-8"))[font]


def test_every_icon_that_is_named_anywhere_is_in_the_font():
    icons = set(noted("icons.woff2")["icons"])
    sources = [file.read_text("utf-8") for file in Path(client.__file__).parents[1].rglob("*.py")]
    named = {name for text in sources for name in re.findall(r":material/(\w+):", text)}
    words = {word for text in sources for word in re.findall(r'"(\w+)"', text)}
    assert named <= icons, "run explorer/server/fonts/build.py"
    assert {"school", "article", "menu_book"} <= words & icons  # of those that are put together from words
    scripts = (file.read_text("utf-8") for file in FOLDER.glob("static/js/*.js"))
    theirs = {name for text in scripts for name in re.findall(r":material/(\w+):", text)}
    assert theirs <= icons | {"star_filled"}  # which is in no font


@pytest.mark.parametrize("font", ["sans.woff2", "sans_italic.woff2", "code.woff2"])
def test_no_letter_of_our_texts_is_lacking(font):
    sources = (file for file in Path(client.__file__).parents[1].rglob("*") if file.suffix in (".py", ".js", ".toml"))
    ours = {ord(letter) for file in sources for letter in html.unescape(file.read_text("utf-8"))}
    lacking = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", noted(font)["lacks"])
    assert len(lacking) > 50
    for first, last in lacking:
        found = ours.intersection(range(int(first, 16), int(last or first, 16) + 1))
        assert not found, f"run explorer/server/fonts/build.py: {''.join(map(chr, found))}"
