"""Whoever knows a run's secret may control it; the server keeps only a hash of the secret, in the run's folder."""

import contextlib
import hashlib
from pathlib import Path

from explorer.protocol.safe_files import OWNER, regular_file, write_whole

DIGITS = 64  # of the hash


def hashed(secret: str) -> bytes:
    """Return the hash of an owner's secret that the server keeps."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def note(folder: Path, owner: bytes) -> None:
    """Write into a run's folder whose it is, the hash of a secret, whole. Raises OSError."""
    write_whole(folder / OWNER, owner.hex())


def noted(folder: Path) -> bytes:
    """Return the hash that `note` has left in a run's folder, b"" if there is none."""
    with contextlib.suppress(OSError, ValueError), regular_file(folder / OWNER).open("rb") as file:
        text = file.read(DIGITS + 1)
        if len(text) == DIGITS:
            return bytes.fromhex(text.decode("ascii"))
    return b""
