"""Sends the browser's files and the server's answers through Streamlit's WebSocket, on a host without our routes.

The files are sent once, as one parcel; it stays the same, so that Streamlit does not send it again. The answers are
sent by a fragment, which the browser reruns when it has questions, in as many messages as needed.
"""

import asyncio
import json
import secrets
import urllib.parse
from pathlib import Path

import streamlit as st
from starlette.applications import Starlette
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx

from explorer.components import assets

FOLDER = Path(__file__).parent
MOST, LONGEST = 20, 1000  # questions at once, and characters of one
LARGEST = 50_000_000  # bytes of what is answered at once
PIECE = 4_000_000  # bytes of one message, which `maxMessageSize` of .streamlit/config.toml lets through
KEY = "websocket_bridge.answers"


def _registered(name: str):
    return st.components.v2.component(
        f"explorer.websocket_bridge.{name}", js=(FOLDER / f"{name}.js").read_text("utf-8"), isolate_styles=False
    )


def mount(routes: list) -> None:
    """Send the browser's files to the page, and the answers of `routes` when it asks for them."""
    _registered("files")(key="websocket_bridge.files", data=assets.parcel())
    context = get_script_run_ctx()
    _answers(routes, context.page_script_hash, context.query_string)


@st.fragment
def _answers(routes: list, page: str, query: str) -> None:
    context = get_script_run_ctx()
    if page in context.pages_manager.get_pages() and context.page_script_hash != page:
        # A question that was sent before the page changed still names the old page. Streamlit takes that for a change
        # back, but does not run that page.
        raise RerunException(RerunData(query_string=query, page_script_hash=page))

    def answer() -> None:
        # If the page has changed meanwhile, Streamlit has removed the key, and the browser asks again.
        asked = st.session_state.get(KEY, {}).get("asked")
        st.session_state["websocket_bridge.given"] = answers(routes, asked)

    # New data each time, so that the module is called again, and asks as part of this page.
    _registered("answers")(key=KEY, data=secrets.token_bytes(8), on_asked_change=answer)
    for at, piece in enumerate(pieces(st.session_state.pop("websocket_bridge.given", []))):
        _registered("pieces")(key=f"{KEY}.{at}", data=piece)


def answers(routes: list, asked) -> list[tuple[dict, bytes]]:
    """Return the answers of `routes` to the browser's questions: each one's head, with the question's id, and its body.

    Answers that are too large to be sent at once are left out, and asked for again.
    """
    given, room = [], LARGEST
    for question in asked[:MOST] if isinstance(asked, list) else []:
        match question:
            case {"id": str(id), "route": str(route)} if len(route) <= LONGEST:
                status, media_type, body = asyncio.run(get(routes, route))
                if len(body) > LARGEST:
                    status, media_type, body = 413, "text/plain", b"too large for this connection"
                if len(body) > room:
                    break
                room -= len(body)
                given.append(({"id": id, "status": status, "type": media_type, "size": len(body)}, body))
    return given


def pieces(given: list[tuple[dict, bytes]]) -> list[bytes]:
    """Split the answers into messages. Each begins with a line of JSON: the number of the piece, and of all pieces.

    Joined, they are a line of JSON with the heads, followed by the bodies.
    """
    heads = [head for head, _ in given]
    whole = b"".join((json.dumps(heads).encode(), b"\n", *(body for _, body in given))) if given else b""
    turn, starts = secrets.token_hex(8), range(0, len(whole), PIECE)
    lines = (json.dumps({"turn": turn, "at": at, "of": len(starts)}).encode() for at in range(len(starts)))
    return [b"\n".join((line, whole[start : start + PIECE])) for line, start in zip(lines, starts, strict=True)]


async def get(routes: list, address: str) -> tuple[int, str, bytes]:
    """Return status, media type and body of what `routes` answer to a GET of `address`, relative to the app's root."""
    parts = urllib.parse.urlsplit(f"/{address.lstrip('/')}")
    scope = {
        "type": "http",
        "method": "GET",
        "path": urllib.parse.unquote(parts.path),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [],
    }
    sent = []

    async def receive():
        await asyncio.Event().wait()  # the browser never disconnects

    async def send(message):
        sent.append(message)

    await Starlette(routes=routes)(scope, receive, send)
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], headers.get("content-type", ""), body
