"""What is refused before its body is read, who may frame the pages, and which encodings a request allows."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse

from explorer.server import gate


async def app(scope, receive, send):
    """Answer everything with the encodings that the request still allows."""
    accepted = dict(scope["headers"]).get(b"accept-encoding", b"none").decode()
    await PlainTextResponse(accepted, headers={"Content-Security-Policy": "default-src 'self'"})(scope, receive, send)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "SOMETHING"])
def test_whatever_brings_something_is_refused_in_words(ask, method):
    status, headers, body = ask(
        gate.Gate(app, ""), "/_stcore/upload_file/session/file", method, content_length="40000000"
    )
    assert status == 405 and headers["allow"] == "GET, HEAD, OPTIONS"
    assert body == b"no file and no other upload is taken at this address"


@pytest.mark.parametrize("method", gate.READING)
def test_whatever_only_reads_is_let_through(ask, method):
    assert ask(gate.Gate(app, ""), "/softmax", method)[0] == 200


@pytest.mark.parametrize(
    "accepted, passed_on",
    [
        *((same, same) for same in ("gzip, br", "gzip;q=0.5", "*", "gzip;q=1.2.3, x")),
        *((without, "none") for without in ("identity", "", "gzip;q=0", "gzip; q=0.0, br", "*;q=0")),
    ],
)
def test_gzip_is_no_word_that_only_has_to_be_there(ask, accepted, passed_on):
    assert ask(gate.Gate(app, ""), "/", accept_encoding=accepted)[2].decode() == passed_on


def test_by_default_any_site_may_frame_the_pages(ask, monkeypatch):
    monkeypatch.delenv(gate.ANCESTORS, raising=False)
    assert gate.frame_ancestors() == ""
    _, headers, _ = ask(gate.Gate(app, ""), "/")
    assert headers["content-security-policy"] == "default-src 'self'" and "x-frame-options" not in headers


@pytest.mark.parametrize(
    "named",
    [
        "'self'",
        "'none'",
        "*",
        "https:",
        "course.example.org",
        "localhost:8080",
        "https://*.example.org:*  'self'\thttp://10.0.0.1/lms/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_every_answer_says_who_may_frame_it_where_the_host_has_set_it(monkeypatch, aside, named, method):
    monkeypatch.setenv(gate.ANCESTORS, named)
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": "/", "headers": []}
    aside(asyncio.run, gate.Gate(app, gate.frame_ancestors())(scope, None, send))
    policies = [value.decode() for name, value in sent[0]["headers"] if name.lower() == b"content-security-policy"]
    assert policies[-1] == f"frame-ancestors {' '.join(named.split())}"
    assert method == "PUT" or policies[0] == "default-src 'self'"  # an app's own policy holds beside it


@pytest.mark.parametrize(
    "named", ["self", "none 'self'", "a.org; script-src *", "a.org, b.org", "https://", "a b\x01", "ä.org", "'unsafe'"]
)
def test_what_no_browser_would_understand_is_refused_when_the_server_starts(monkeypatch, named):
    monkeypatch.setenv(gate.ANCESTORS, named)
    with pytest.raises(ValueError, match=r"EXPLORER_FRAME_ANCESTORS must name sites, separated by spaces, such as"):
        gate.frame_ancestors()
