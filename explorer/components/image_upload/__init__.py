"""Upload of an image: chosen from the device, dropped, or pasted. It is sent to Python once and not kept."""

import base64
import binascii

from explorer.components import assets
from explorer.shell.texts import Words

_mount = assets.component("image_upload")


def image_upload(key: str, words: Words, most: int, turn: int) -> bytes | None:
    """Show the upload area; return the bytes of an image in the one rerun that its upload causes, otherwise None.

    most: bytes; the browser refuses a larger file with a message. turn: a new number clears the last message.
    """
    large = words("image_upload.large", megabytes=most // 1_000_000)
    data = {"most": most, "turn": turn, "words": words.table("image_upload") | {"large": large}}
    given = _mount(key=key, data=data, on_picture_change=lambda: None)
    return decoded(getattr(given, "picture", None), most)


def decoded(text, most: int) -> bytes | None:
    """Decode base64 from the browser; for a file of more than `most` bytes return `most` + 1 zeros.

    Anything else becomes an empty file.
    """
    if text is None:
        return None
    try:
        if len(text) > 4 * (most // 3 + 1):
            return bytes(most + 1)  # the reader refuses it, and says how much is allowed
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return b""
