"""Downloads a large file, even if the server stops sending, drops the connection, or is unreachable for a while."""

import errno
import http.client
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import Path

from explorer.protocol.errors import Failure
from explorer.training.report import Progress

PAUSES = (2, 4, 8, 16, 32, 60, 60)  # seconds between tries without new data: three minutes in all
TRIES_OFFLINE = 3  # if there is no network, and nothing has arrived
TIMEOUT = 10.0  # seconds without a byte
BLOCK = 1 << 16
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # errors of a full disk, not of the network
NO_NETWORK = (errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH)
PASSING = (408, 416, 425, 429)  # of the 4xx answers, those after which another try may succeed


def fetch(url: str, path: Path, progress: Progress) -> None:
    """Download `url` to the file `path`, continuing what is there already.

    What has arrived is kept. Whenever data arrives, the tries are counted from the start. Raises Failure with the code
    "download-page" if a web page comes instead (from a proxy, say), or "download" if all tries fail or the server
    refuses; raises OSError if the disk is full.
    """
    path.touch()  # raises if the folder is not writable, before that could look like a network error
    tries, arrived = 0, _size(path)
    while True:
        try:
            return _continue(url, path, progress)
        except (OSError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) in FULL:
                raise
            tries = 1 if _size(path) > arrived else tries + 1
            arrived = max(arrived, _size(path))
            most = TRIES_OFFLINE if not arrived and _offline(error) else len(PAUSES) + 1
            if tries >= most or _final(error):
                kept = f"; {arrived / 1e6:.0f} MB have arrived and are kept" if arrived else ""
                raise Failure("download", f"{url} could not be fetched in {tries} tries: {error}{kept}") from None
        for second in range(PAUSES[tries - 1]):
            progress("retry", second, PAUSES[tries - 1])
            progress.control.sleep(1)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _offline(error: Exception) -> bool:
    """Return whether this machine has no network."""
    reason = getattr(error, "reason", error)
    return isinstance(reason, socket.gaierror) or getattr(reason, "errno", None) in NO_NETWORK


def _final(error: Exception) -> bool:
    """Return whether another try would fail in the same way."""
    if isinstance(error, urllib.error.HTTPError):
        return 400 <= error.code < 500 and error.code not in PASSING
    return isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError)


def _continue(url: str, path: Path, progress: Progress) -> None:
    """Append the missing bytes to the file; raise OSError or HTTPException if the connection ends early."""
    have = _size(path)
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        if error.headers.get("Content-Range") == f"bytes */{have}":
            return  # it is complete already
        path.unlink()
        raise
    with response:
        if response.headers.get_content_type() == "text/html":
            raise Failure("download-page", f"{url} returned a web page; is there a proxy or login page in between?")
        start = 0
        if response.status == 206:
            if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                raise ConnectionError(f"asked for the bytes after the first {have}, got others")
            start = have
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        with path.open("r+b" if path.exists() else "wb") as file:
            file.truncate(start)
            file.seek(start)
            while block := response.read1(BLOCK):  # whatever has arrived, so that progress shows with a slow server too
                file.write(block)
                progress("download", file.tell(), total)
            if total is not None and file.tell() != total:
                raise ConnectionError(f"the connection ended after {file.tell()} of {total} bytes")
