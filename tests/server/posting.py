"""A POST to the app's own routes, without a server."""

import asyncio
import json

from starlette.applications import Starlette
from starlette.middleware import Middleware

from explorer.server import gate, routes


class Request:
    """A POST whose body comes in the given pieces; `read` counts those that the server has asked for."""

    def __init__(self, pieces=(b"",), headers=None, path="/", base="", method="POST"):
        self.pieces, self.read, self.sent, self.method = list(pieces), 0, [], method
        self.headers, self.path, self.base = headers or {}, path, base

    async def receive(self):
        if not self.pieces:
            await asyncio.Event().wait()  # the rest never comes
        self.read += 1
        piece = self.pieces.pop(0)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def send(self, message):
        self.sent.append(message)

    async def answered(self):
        app = Starlette(
            routes=routes.routes(self.base),
            middleware=[Middleware(gate.Gate, ancestors="", takes=routes.taking(self.base))],
        )
        raw = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        scope = {"type": "http", "method": self.method, "path": self.path, "query_string": b"", "root_path": ""}
        await app(scope | {"headers": raw}, self.receive, self.send)
        body = b"".join(message.get("body", b"") for message in self.sent[1:])
        return self.sent[0]["status"], json.loads(body) if body.startswith(b"{") else body
