"""The routes beside Streamlit's own: what the browser fetches without a rerun of a page."""

import contextlib
import functools
import gc
import socket

import streamlit as st
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from explorer import rounds, runs
from explorer.components import assets
from explorer.protocol.json_numbers import dumps
from explorer.protocol.routes import ROUNDS, RUNS
from explorer.runs import archive
from explorer.server.answers import AS_IT_SAYS, FOR_EVER, FRESH, NEVER, answer


def asset(request: Request) -> Response:
    """Serve a browser file; all of them are stored compressed, and never change under one digest."""
    path = request.path_params["path"]
    body = assets.read(path)
    digest, _, _ = request.path_params["digest"].partition("~")  # behind it, the number of an attempt
    if body is None or digest != assets.digest():
        return _nothing()
    return answer(request.headers, body, assets.media_type(path), FOR_EVER, packed=True)


def run_events(request: Request) -> Response:
    """Serve what is new in a run since a cursor."""
    run = _run(request)
    return _answer(request, run and run.answer(request.query_params.get("since", "")), "application/json", NEVER)


def run_pictures(request: Request) -> Response:
    """Serve a run's sample pictures, one below the other."""
    run = _run(request)
    return _answer(request, run and run.folder.sample_sheet(), "image/png", FRESH)


def run_samples(request: Request) -> Response:
    """Serve the logits of a run's sample pictures after one epoch."""
    run = _run(request)
    found = run and run.folder.sample_logits(request.path_params["epoch"])
    return _answer(request, found and dumps(found).encode(), "application/json", FRESH)


def run_weights(request: Request) -> Response:
    """Serve what a run's first weights look like now, as one picture."""
    run = _run(request)
    return _answer(request, run and run.folder.weights_sheet(), "image/png", FRESH)


def run_archive(request: Request) -> Response:
    """Serve a run's folder as a ZIP file."""
    run = _run(request)
    if run is None:
        return _nothing()
    packed = archive.pack(run.folder.path)
    headers = {"Content-Disposition": f'attachment; filename="{run.id}.zip"', "Cache-Control": NEVER}
    blocks = iter(functools.partial(packed.read, 1 << 16), b"")
    return StreamingResponse(
        blocks, media_type="application/zip", headers=headers | AS_IT_SAYS, background=BackgroundTask(packed.close)
    )


def round_now(request: Request) -> Response:
    """Serve where a round of the guessing game stands."""
    found = rounds.of_this_server().find(request.path_params["id"])
    return _answer(request, found and found.now(), "application/json", NEVER)


def _run(request: Request) -> runs.Run | None:
    return runs.of_this_server().find(request.path_params["id"])


def _answer(request: Request, body: bytes | None, media_type: str, cache: str) -> Response:
    return _nothing() if body is None else answer(request.headers, body, media_type, cache)


def _nothing() -> Response:
    return PlainTextResponse("there is no such thing", status_code=404, headers=AS_IT_SAYS)


def base_path() -> str:
    """Return what every address begins with, as `server.baseUrlPath` says: "" or "/course/x"."""
    parts = st.get_option("server.baseUrlPath").strip("/")
    return f"/{parts}" if parts else ""


def routes(base: str = "") -> list[Route]:
    """Return the routes, all of which begin with `base`."""
    return [
        Route(f"{base}/{assets.PREFIX}/{{digest}}/{{path:path}}", asset),
        Route(f"{base}/{RUNS}/{{id}}/events", run_events),
        Route(f"{base}/{RUNS}/{{id}}/samples.png", run_pictures),
        Route(f"{base}/{RUNS}/{{id}}/run.zip", run_archive),
        Route(f"{base}/{RUNS}/{{id}}/weights.png", run_weights),
        Route(f"{base}/{RUNS}/{{id}}/samples/{{epoch:int}}", run_samples),
        Route(f"{base}/{ROUNDS}/{{id}}", round_now),
    ]


@functools.cache
def send_at_once() -> None:
    """Switch Nagle's algorithm (RFC 896) off for the connections of every listening socket of this process.

    A connection takes TCP_NODELAY over from the socket that accepts it. asyncio sets it by itself, but not where the
    socket's protocol was left open, as Streamlit leaves it. With the algorithm on, a small piece waits for the receipt
    of the one before, which the other side may hold back for 40 ms: at each file of a page, and at every move.
    """
    for found in gc.get_objects():
        if type(found) is not socket.socket or found.fileno() < 0:
            continue
        if found.family not in (socket.AF_INET, socket.AF_INET6) or found.type != socket.SOCK_STREAM:
            continue
        if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@contextlib.asynccontextmanager
async def lifespan(_):
    """Read what the server allows before anybody comes, and end the trainings when it stops."""
    send_at_once()
    started = runs.of_this_server()
    yield
    await run_in_threadpool(started.close)
