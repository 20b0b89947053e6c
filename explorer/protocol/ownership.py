"""Whoever knows a run's secret may control it; the server keeps only a hash of the secret."""

import hashlib


def hashed(secret: str) -> bytes:
    """Return the hash of an owner's secret that the server keeps."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
