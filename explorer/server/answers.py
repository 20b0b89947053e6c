"""HTTP answers: not sent again if the browser has them, and compressed only if it accepts that."""

import gzip
import hashlib

from starlette.datastructures import Headers
from starlette.responses import Response

# Cache-Control: whether a browser may keep an answer.
FOR_EVER = "public, max-age=31536000, immutable"  # its address changes with its contents
FRESH = "no-cache"  # it may be kept, but is validated each time
NEVER = "no-store"
AS_IT_SAYS = {"X-Content-Type-Options": "nosniff"}  # browsers must not guess another type


def answer(asked: Headers, body: bytes, media_type: str, cache: str, packed: bool = False) -> Response:
    """Return the answer with `body` to a request with the headers `asked`.

    cache: FOR_EVER, FRESH or NEVER. packed: the body is compressed by gzip, and decompressed here if need be.
    """
    headers = {"Cache-Control": cache} | AS_IT_SAYS
    if packed:
        headers["Vary"] = "Accept-Encoding"
    if cache != NEVER:
        # Weak (RFC 9110, 8.8.1): the same for both encodings.
        headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        if _has(asked.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
    if packed and "gzip" in asked.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    elif packed:
        body = gzip.decompress(body)
    return Response(body, media_type=media_type, headers=headers)


def _has(listed: str, tag: str) -> bool:
    """Return whether If-None-Match lists the tag, by the weak comparison (RFC 9110, 13.1.2)."""
    tags = {one.strip().removeprefix("W/") for one in listed.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags
