"""Brings a ZIP file to this server, that of a run or of images: chosen or dropped, and sent to a route of its own."""

from collections.abc import Callable

from explorer.components import assets
from explorer.protocol.routes import SECRET, UPLOADS
from explorer.shell.texts import Words

ROUTES = {"run": UPLOADS, "images": f"{UPLOADS}/images"}
_mount = assets.component("run_upload")


def run_upload(
    key: str, words: Words, most: float, secret: str, on_opened: Callable[[], None], what: str = "run"
) -> None:
    """Show the upload area; when the server has opened the file, call `on_opened`, for which `opened(state)` is its id.

    most: megabytes; the browser refuses a larger file with a message. secret: shows the server that a page sends it.
    what: one of `ROUTES`.
    """
    data = {
        "most": most,
        "route": ROUTES[what],
        "header": SECRET,
        "secret": secret,
        "what": what,
        "words": words.table(f"{what}_upload"),
    }
    _mount(key=key, data=data, on_opened_change=on_opened)


def opened(state) -> str:
    """Return the id of what was opened, "" for anything else that a browser may say."""
    id = getattr(state, "opened", None)
    return id if isinstance(id, str) else ""
