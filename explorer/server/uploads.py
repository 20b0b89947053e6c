"""The routes that take the ZIP file of a run, or of images to train on, as the body of a POST.

It is refused before its body is read unless it comes from a page of this app, which shows the secret of a session that
is there. The body goes to the disk in pieces as it comes; `explorer/runs/uploads.py` says how many, and how much.
"""

import asyncio
from collections.abc import Callable
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from explorer import runs
from explorer.protocol.routes import SECRET
from explorer.runs import uploads
from explorer.server.answers import AS_IT_SAYS, NEVER

# The status of a refusal, by its code; that of every other is 422: the ZIP file does not hold what it should.
STATUS = {
    "origin": 403,
    "secret": 403,
    "off": 403,
    "slow": 408,
    "bytes": 413,
    "busy": 429,
    "often": 429,
    "disk": 507,
}


async def take(request: Request) -> Response:
    """Take a run; answer {"run": its id}, or {"refused": a code, …}, whose values fill in the sentence for it."""
    return await _take(request, lambda brought, file: {"run": brought.open(file)})


async def take_images(request: Request) -> Response:
    """Take images; answer {"images": their id}, or what is refused, as `take` does."""
    return await _take(request, lambda brought, file: {"images": brought.images(file)})


async def _take(request: Request, opened: Callable[[uploads.Uploads, BinaryIO], dict]) -> Response:
    if not same_origin(request.headers):
        return _answer({"refused": "origin"})
    brought = runs.of_this_server().uploads
    try:
        with (
            brought.admitted(request.headers.get(SECRET, ""), _announced(request.headers)) as received,
            await run_in_threadpool(brought.file) as file,
        ):
            async with asyncio.timeout(uploads.SECONDS):
                async for block in request.stream():
                    received.add(len(block))
                    await run_in_threadpool(file.write, block)
            return _answer(await run_in_threadpool(opened, brought, file))
    except runs.Refused as refused:
        return _answer({"refused": refused.code, **refused.values})
    except TimeoutError:
        return _answer({"refused": "slow", "seconds": round(uploads.SECONDS)})
    except OSError:
        return _answer({"refused": "disk"})
    except ClientDisconnect:
        return Response(status_code=400)  # which nobody receives


def same_origin(headers: Headers) -> bool:
    """Return whether a page of this app sends the request.

    Browsers say so in Sec-Fetch-Site, but not on an address like http://192.168.0.2; then the host in Origin has to be
    the one that was asked.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = headers.get("origin", "").partition("://")[2]
    return bool(host) and host == headers.get("host")


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


def _answer(told: dict) -> Response:
    status = STATUS.get(told["refused"], 422) if "refused" in told else 200
    return JSONResponse(told, status, {"Cache-Control": NEVER} | AS_IT_SAYS)
