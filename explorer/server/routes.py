"""The routes beside Streamlit's own, from which the browser fetches without a rerun of the page."""

import contextlib
import functools
import gc
import re
import socket

import streamlit as st
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from explorer import classroom, runs
from explorer.classroom.rounds import Round
from explorer.components import assets
from explorer.images import shapes
from explorer.protocol.json_numbers import dumps
from explorer.protocol.routes import CLASSROOM, IMAGES, RUNS, UPLOADS
from explorer.runs import archive
from explorer.server import answering, uploads
from explorer.server.answers import AS_IT_SAYS, FOR_EVER, FRESH, NEVER, answer


def asset(request: Request) -> Response:
    """Serve a browser file. They are kept compressed, and do not change under one digest."""
    path = request.path_params["path"]
    body = assets.read(path)
    digest, _, _ = request.path_params["digest"].partition("~")  # after it, the number of an attempt
    if body is None or digest != assets.digest():
        return _nothing()
    return answer(request.headers, body, assets.media_type(path), FOR_EVER, packed=True)


def run_events(request: Request) -> Response:
    """Serve what is new in a run since a cursor."""
    run = _run(request)
    return _answer(request, run and run.answer(request.query_params.get("since", "")), "application/json", NEVER)


def run_sample_sheet(request: Request) -> Response:
    """Serve a run's sample images, one below the other."""
    run = _run(request)
    return _answer(request, run and run.folder.sample_sheet(), "image/png", FRESH)


def run_samples(request: Request) -> Response:
    """Serve the logits of a run's sample images after one epoch."""
    run = _run(request)
    found = run and run.folder.sample_logits(request.path_params["epoch"])
    return _answer(request, found and dumps(found).encode(), "application/json", FRESH)


def run_weights(request: Request) -> Response:
    """Serve the weights of a run's first layer as one image."""
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


def drawn_shapes(request: Request) -> Response:
    """Serve the drawn shapes with which a browser trains."""
    return answer(request.headers, shapes.sheet(), "image/jpeg", FRESH)


def gathering_now(request: Request) -> Response:
    """Serve where a gathering is, and how many people."""
    found = classroom.of_this_server().find(request.path_params["id"])
    player, seen = (request.query_params.get(name, "") for name in ("player", "seen"))
    return _answer(request, found and found.now(player, seen), "application/json", NEVER)


def round_stage(request: Request) -> Response:
    """Serve what all players of a round see now."""
    found = classroom.of_this_server().find(request.path_params["id"])
    told = found.stage_now() if isinstance(found, Round) else None
    return _answer(request, told, "application/json", NEVER)


def _run(request: Request) -> runs.Run | None:
    return runs.of_this_server().find(request.path_params["id"])


def _answer(request: Request, body: bytes | None, media_type: str, cache: str) -> Response:
    return _nothing() if body is None else answer(request.headers, body, media_type, cache)


def _nothing() -> Response:
    return PlainTextResponse("not found", status_code=404, headers=AS_IT_SAYS)


def base_path() -> str:
    """Return the prefix of every address, from `server.baseUrlPath`: "" or "/course/x"."""
    parts = st.get_option("server.baseUrlPath").strip("/")
    return f"/{parts}" if parts else ""


def routes(base: str = "") -> list[Route]:
    """Return the routes, with the prefix `base`."""
    return [
        Route(f"{base}/{assets.PREFIX}/{{digest}}/{{path:path}}", asset),
        Route(f"{base}/{RUNS}/{{id}}/events", run_events),
        Route(f"{base}/{RUNS}/{{id}}/samples.png", run_sample_sheet),
        Route(f"{base}/{RUNS}/{{id}}/run.zip", run_archive),
        Route(f"{base}/{RUNS}/{{id}}/weights.png", run_weights),
        Route(f"{base}/{RUNS}/{{id}}/samples/{{epoch:int}}", run_samples),
        Route(f"{base}/{IMAGES}/shapes.jpg", drawn_shapes),
        Route(f"{base}/{CLASSROOM}/{{id}}", gathering_now),
        Route(f"{base}/{CLASSROOM}/{{id}}/stage", round_stage),
        Route(f"{base}/{CLASSROOM}/{{id}}/answer", answering.take, methods=["POST"]),
        Route(f"{base}/{CLASSROOM}/{{id}}/boards", answering.show, methods=["POST"]),
        Route(f"{base}/{UPLOADS}", uploads.take, methods=["POST"]),
        Route(f"{base}/{UPLOADS}/images", uploads.take_images, methods=["POST"]),
    ]


def taking(base: str = "") -> re.Pattern:
    """Return the paths to which a browser may POST."""
    return re.compile(f"{re.escape(base)}/({UPLOADS}(/images)?|{CLASSROOM}/[^/]+/(answer|boards))")


@functools.cache
def disable_nagle() -> None:
    """Switch Nagle's algorithm (RFC 896) off for the connections of every listening socket of this process.

    A connection inherits TCP_NODELAY from the socket that accepts it. asyncio sets it, but not if the protocol of the
    socket is unspecified, as it is with Streamlit. With the algorithm, a small packet waits for the acknowledgement of
    the one before, which the other side may delay by 40 ms: for each file of a page, and for every move of a slider.
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
    """Read the limits when the server starts, and end the trainings when it stops."""
    disable_nagle()
    started = runs.of_this_server()
    # What is there by now stays. A search for garbage passes over it, and takes half as long with 300 visitors.
    gc.freeze()
    yield
    await run_in_threadpool(started.close)
