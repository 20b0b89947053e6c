"""Streamlit's own browser files, read and compressed once: a page opens with a hundred of them."""


class KeptFiles:
    """ASGI middleware around compression that answers again from memory what never changes.

    Only files that Streamlit marks as immutable are kept, those of its own package: at most a few megabytes.
    """

    def __init__(self, app):
        self.app = app
        self._kept = {}

    async def __call__(self, scope, receive, send):
        file = _file(scope)
        if file is None:
            await self.app(scope, receive, send)
        elif file in self._kept:
            for message in self._kept[file]:
                await send(message)
        else:
            sent = []

            async def send_and_note(message):
                sent.append(message)
                await send(message)

            await self.app(scope, receive, send_and_note)
            if _is_immutable(*sent):
                body = b"".join(message.get("body", b"") for message in sent[1:])
                self._kept[file] = sent[0], {"type": "http.response.body", "body": body}


def _file(scope) -> tuple[str, bool] | None:
    """Return which file is asked for and whether compressed, None for everything else."""
    if scope["type"] != "http" or scope["method"] != "GET" or "/static/" not in scope["path"]:
        return None
    headers = dict(scope["headers"])
    return None if b"range" in headers else (scope["path"], b"gzip" in headers.get(b"accept-encoding", b""))


def _is_immutable(start, *pieces) -> bool:
    """Return whether these messages are one whole file that never changes."""
    whole = all(piece["type"] == "http.response.body" for piece in pieces) and not pieces[-1].get("more_body")
    return whole and start["status"] == 200 and b"immutable" in dict(start["headers"]).get(b"cache-control", b"")
