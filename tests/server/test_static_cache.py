"""What is answered from memory: whole files that never change, and nothing else."""

import asyncio
import gzip

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from explorer.server.static_cache import KeptFiles

BODY = b"export const answer = 42;" * 100
FOR_EVER = {"Cache-Control": "public, immutable, max-age=31536000"}


@pytest.fixture
def ask(aside):
    """Return a function that asks for a path: status, headers, body, and how often the app was asked so far."""
    asked = []

    async def answer(request):
        asked.append(request.url.path)
        name = request.path_params["name"]
        if name == "pieces.js":
            return StreamingResponse(iter([BODY, BODY]), headers=FOR_EVER)
        if name == "index.html":
            return Response(BODY, headers={"Cache-Control": "no-cache"})
        return Response(BODY, status_code=404 if name == "none.js" else 200, headers=FOR_EVER)

    routes = [Route("/static/{name}", answer, methods=["GET", "POST"]), Route("/media/{name}", answer)]
    app = Starlette(routes=routes, middleware=[Middleware(KeptFiles), Middleware(GZipMiddleware)])

    def ask(path, method="GET", **headers):
        sent = []

        async def receive():  # nobody hangs up
            await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw, "query_string": b"", "root_path": ""}
        aside(asyncio.run, app(scope, receive, send))
        start, *pieces = sent
        body = b"".join(piece.get("body", b"") for piece in pieces)
        return start["status"], dict(start["headers"]), body, len(asked)

    return ask


@pytest.mark.parametrize("name, body", [("index.abc.js", BODY), ("pieces.js", BODY * 2)])
def test_an_unchanging_file_is_made_once_with_and_once_without_compression(ask, name, body):
    for count in (1, 1):
        status, headers, packed, asked = ask(f"/static/{name}", accept_encoding="gzip, br")
        assert (status, asked) == (200, count) and headers[b"content-encoding"] == b"gzip"
        assert gzip.decompress(packed) == body
    for count in (2, 2):
        status, headers, plain, asked = ask(f"/static/{name}")
        assert (status, plain, asked) == (200, body, count) and b"content-encoding" not in headers


@pytest.mark.parametrize(
    "path, more",
    [
        ("/static/index.html", {}),
        ("/static/none.js", {}),
        ("/media/index.abc.js", {}),
        ("/static/index.abc.js", {"range": "bytes=0-9"}),
        ("/static/index.abc.js", {"method": "POST"}),
    ],
)
def test_everything_else_is_asked_for_each_time(ask, path, more):
    assert [ask(path, **more)[-1] for _ in range(3)] == [1, 2, 3]
