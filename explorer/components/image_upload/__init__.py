"""A place for a picture: chosen from the device, dropped, or pasted. It goes to Python once and is not kept."""

import base64
import binascii

from explorer.components import assets
from explorer.shell.texts import Words

_mount = assets.component("image_upload")


def image_upload(key: str, words: Words, most: int, turn: int) -> bytes | None:
    """Show the place; return the bytes of a picture in the one rerun that it sets off, otherwise None.

    most: bytes; the browser says so of a larger file, and keeps it. turn: a new number takes back what it said last.
    """
    large = words("image_upload.large", megabytes=most // 1_000_000)
    data = {"most": most, "turn": turn, "words": words.table("image_upload") | {"large": large}}
    given = _mount(key=key, data=data, on_picture_change=lambda: None)
    return decoded(getattr(given, "picture", None), most)


def decoded(text, most: int) -> bytes | None:
    """Return what came from the browser in base64, of a file of more than `most` bytes one byte too many.

    Something else becomes an empty file.
    """
    if text is None:
        return None
    try:
        if len(text) > 4 * (most // 3 + 1):
            return bytes(most + 1)  # whoever reads it says how much is allowed
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return b""
