"""What asks an ASGI app as a browser does, without a server."""

import asyncio

import pytest

from tests.server.posting import Request


@pytest.fixture
def ask(aside):
    """Return a function that asks `app` for a path: status, headers, body."""

    def ask(app, path, method="GET", query="", **headers):
        sent = []

        async def receive():  # nobody hangs up, and no body is sent
            await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode()}
        aside(asyncio.run, app(scope | {"headers": raw, "root_path": ""}, receive, send))
        start, *pieces = sent
        answered = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return start["status"], answered, b"".join(piece.get("body", b"") for piece in pieces)

    return ask


@pytest.fixture
def post(aside):
    """Return a function that posts pieces with headers: the request, its status and its answer."""

    def post(pieces, headers, **more):
        request = Request(pieces, headers, **more)
        return request, *aside(asyncio.run, request.answered())

    return post
