"""Streamlit's own browser files: its page, and the files that it loads.

A first visit loads a hundred of them, and Streamlit does not compress them.
"""

import re
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response

from explorer.server import client, opening
from explorer.server.answers import FOR_EVER, FRESH, answer

TYPES = {".js": "text/javascript", ".css": "text/css"}  # that are worth compressing


class StreamlitFiles:
    """ASGI middleware that serves Streamlit's page and its compressible files from memory.

    Everything else goes to Streamlit's server. base: the prefix of every address of the app, "" or "/course/x".
    """

    def __init__(self, app, base: str):
        self.app = app
        self._base = base

    async def __call__(self, scope, receive, send):
        asked = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        found = await self._answer(scope) if asked else None
        await (found or self.app)(scope, receive, send)

    async def _answer(self, scope) -> Response | None:
        headers, query = Headers(scope=scope), scope["query_string"].decode("latin-1")
        path = scope["path"]
        if path == self._base:
            return _redirect(f"{path.rpartition('/')[2]}/", query)
        if not path.startswith(f"{self._base}/"):
            return None
        name = path.removeprefix(f"{self._base}/")
        if re.fullmatch(r"[\w-]+/", name):
            return _redirect(f"../{name[:-1]}", query)
        if name not in client.files():
            return await _page(name, query, headers) if "/" not in name else None
        if name.endswith(".woff2"):
            font = (await run_in_threadpool(client.fonts)).get(name) if query != client.WHOLE else None
            return font and answer(headers, font, "font/woff2", FOR_EVER)
        kind = TYPES.get(Path(name).suffix)
        if kind and "gzip" in headers.get("accept-encoding", ""):
            return answer(headers, await run_in_threadpool(client.packed, name), kind, FOR_EVER, packed=True)
        return None


async def _page(name: str, query: str, headers: Headers) -> Response:
    """Return the page, which shows the view in its address."""
    view = opening.linked(name, query, headers.get("accept-language", ""))
    page = answer(headers, await run_in_threadpool(opening.page, view), "text/html", FRESH, packed=True)
    page.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return page


def _redirect(to: str, query: str) -> Response:
    """Redirect to a relative address, for which no prefix or scheme of a proxy has to be known."""
    return RedirectResponse(f"{to}?{query}" if query else to)
