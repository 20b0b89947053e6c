"""Who may command a run: whoever holds its secret, of which the server keeps a hash."""

import hashlib


def hashed(secret: str) -> bytes:
    """Return what the server keeps of an owner's secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
