"""Streamlit's own browser files: its page, and the files that it loads.

A first visit loads a hundred of them, and Streamlit does not compress them.
"""

import functools
import gzip
import re
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from streamlit import file_util

from explorer.server.answers import FOR_EVER, FRESH, answer

FOLDER = Path(file_util.get_static_dir())
INDEX = "index.html"
TYPES = {".js": "text/javascript", ".css": "text/css"}  # that are worth compressing

# Every page is directly below the app's root. Without this, Streamlit's client would first take the page's address for
# the root, and ask for /softmax/_stcore/health and /softmax/_stcore/host-config in vain.
ROOT = b'<script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href };</script>'


@functools.cache
def files() -> frozenset[str]:
    """Return the names of Streamlit's files, relative to their folder, without its page."""
    found = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file()}
    return frozenset(found - {INDEX})


@functools.cache
def packed(name: str) -> bytes:
    """Return one of `files()`, or the page, compressed by gzip. All together take seven megabytes of memory."""
    contents = (FOLDER / name).read_bytes()
    if name == INDEX:
        contents = contents.replace(b"<head>", b"<head>" + ROOT, 1)
    return gzip.compress(contents, mtime=0)


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
        if name not in files():  # every page is the same file, and shows the page in its address
            page = await run_in_threadpool(packed, INDEX) if "/" not in name else None
            return page and answer(headers, page, "text/html", FRESH, packed=True)
        kind = TYPES.get(Path(name).suffix)
        if kind and "gzip" in headers.get("accept-encoding", ""):
            return answer(headers, await run_in_threadpool(packed, name), kind, FOR_EVER, packed=True)
        return None


def _redirect(to: str, query: str) -> Response:
    """Redirect to a relative address, for which no prefix or scheme of a proxy has to be known."""
    return RedirectResponse(f"{to}?{query}" if query else to)
