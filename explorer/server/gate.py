"""Rules for every request and every answer, including those of Streamlit."""

import os
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from explorer.server.answers import AS_IT_SAYS

READING = ("GET", "HEAD", "OPTIONS")
ANCESTORS = "EXPLORER_FRAME_ANCESTORS"
SOURCE = re.compile(  # of frame-ancestors in Content Security Policy Level 3; self and none need their quotes
    r"'self'|'none'|\*|https?:|(https?://)?(?!(self|none)$)(\*\.)?[\w-]+(\.[\w-]+)*(:(\d+|\*))?(/[^\s;,]*)?", re.ASCII
)


def frame_ancestors() -> str:
    """Return the sites that may show the pages in a frame, from $EXPLORER_FRAME_ANCESTORS; "": all.

    Raises ValueError for a value that browsers do not understand.
    """
    text = " ".join(os.environ.get(ANCESTORS, "").split())
    if not all(map(SOURCE.fullmatch, text.split())):
        example = "'self' https://course.example.org"
        raise ValueError(f"{ANCESTORS} must name sites, separated by spaces, such as {example}; got: {text}")
    return text


def takes_gzip(accepted: str) -> bool:
    """Return whether the header Accept-Encoding allows gzip (RFC 9110, 12.5.3).

    >>> [takes_gzip(header) for header in ("gzip, br", "", "identity", "gzip;q=0, *", "br, *;q=0.1")]
    [True, False, False, False, True]
    """
    weights = dict(re.findall(r"([\w*-]+)\s*(?:;\s*q=(\d(?:\.\d+)?))?", accepted.lower()))
    return float(weights.get("gzip", weights.get("*", "0")) or 1) > 0


class Gate:
    """The outermost ASGI middleware.

    takes: the paths to which a browser may POST (`routes.taking`). Pages send everything else through their WebSocket,
    so a request with any other body is refused before that is read; Streamlit would keep any number of uploaded files
    in memory. Every answer gets the Content-Security-Policy that the host has set.
    """

    def __init__(self, app, ancestors: str, takes: re.Pattern | None = None):
        self.app = app
        self._takes = takes
        self._policy = f"frame-ancestors {ancestors}" if ancestors else ""

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_policy(message):
            if self._policy and message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Content-Security-Policy", self._policy)
            await send(message)

        is_taken = scope["method"] == "POST" and self._takes and self._takes.fullmatch(scope["path"])
        if scope["method"] not in READING and not is_taken:
            allowed = {"Allow": ", ".join(READING)} | AS_IT_SAYS
            refusal = PlainTextResponse("no file and no other upload is taken at this address", 405, allowed)
            await refusal(scope, receive, send_with_policy)
            return
        if not takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            # Streamlit's compression only checks whether the header contains the word gzip.
            scope = scope | {"headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
        await self.app(scope, receive, send_with_policy)
