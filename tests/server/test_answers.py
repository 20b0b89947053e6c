"""Answers to conditional requests and in the encodings that are asked for, on every route of ours that is kept."""

import gzip

import pytest
from starlette.applications import Starlette

from explorer.components import assets
from explorer.server import routes

KEPT = [
    f"/{assets.route('shared/wire.js')}",
    f"/{assets.route('image_board/images.npy')}",
    "/explorer-runs/synthetic/samples.png",
    "/explorer-runs/synthetic/samples/1",
    "/explorer-runs/synthetic/weights.png",
]
NEWS = ["/explorer-runs/synthetic/events", "/explorer-runs/synthetic/run.zip"]


@pytest.fixture(scope="module")
def app():
    return Starlette(routes=routes.routes())


@pytest.mark.parametrize("path", KEPT)
def test_what_a_browser_has_is_not_sent_again(app, ask, path):
    status, headers, body = ask(app, path, accept_encoding="gzip")
    assert status == 200 and body
    for listed in (headers["etag"], headers["etag"].removeprefix("W/"), f'"other", {headers["etag"]}', "*"):
        status, again, body = ask(app, path, accept_encoding="gzip", if_none_match=listed)
        assert (status, body, again["etag"]) == (304, b"", headers["etag"]), listed
        assert again["cache-control"] == headers["cache-control"] and "content-length" not in again
    assert ask(app, path, if_none_match='"other"')[0] == 200


@pytest.mark.parametrize("path", NEWS)
def test_what_is_asked_for_only_once_is_kept_by_nobody(app, ask, path):
    status, headers, _ = ask(app, path, if_none_match="*")
    assert status == 200 and headers["cache-control"] == "no-store" and "etag" not in headers


@pytest.mark.parametrize("path", KEPT[:2])
def test_a_file_comes_compressed_only_where_that_is_taken(app, ask, path):
    _, headers, packed = ask(app, path, accept_encoding="gzip, br")
    assert headers["content-encoding"] == "gzip"
    for accepted in ({}, {"accept_encoding": "identity"}):
        _, plain_headers, plain = ask(app, path, **accepted)
        assert plain == gzip.decompress(packed)
        assert "content-encoding" not in plain_headers and int(plain_headers["content-length"]) == len(plain)
        assert plain_headers["vary"] == headers["vary"] == "Accept-Encoding"
        assert plain_headers["etag"] == headers["etag"]
