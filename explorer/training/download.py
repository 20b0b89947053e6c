"""A large file fetched from a server that may fall silent, drop the connection, or be away for a while."""

import errno
import http.client
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import Path

from explorer.protocol.errors import Failure
from explorer.training.report import Progress

PAUSES = (2, 4, 8, 16, 32, 60, 60)  # seconds before each further try as long as nothing arrives: three minutes in all
TRIES_OFFLINE = 3  # where there is no network and nothing has ever arrived, it is not waited for as long
TIMEOUT = 10.0  # seconds without a byte
BLOCK = 1 << 16
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # what a full disk answers, and no network
NO_NETWORK = (errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH)
PASSING = (408, 416, 425, 429)  # of the answers that blame the request, those that another try may not get


def fetch(url: str, place: Path, progress: Progress) -> None:
    """Fetch `url` to `place`, going on with what is there already.

    What has arrived stays, whatever happens. After each byte that arrives the tries are counted anew. Raises Failure:
    "download-page" if a web page comes instead (a proxy's, say), "download" if the network fails in all tries or the
    server refuses; OSError where the disk is full.
    """
    place.touch()  # a folder that cannot be written to is not taken for a failing network
    tries, arrived = 0, _size(place)
    while True:
        try:
            return _go_on(url, place, progress)
        except (OSError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) in FULL:
                raise
            tries = 1 if _size(place) > arrived else tries + 1
            arrived = max(arrived, _size(place))
            most = TRIES_OFFLINE if not arrived and _offline(error) else len(PAUSES) + 1
            if tries >= most or _final(error):
                kept = f"; {arrived / 1e6:.0f} MB have arrived and are kept" if arrived else ""
                raise Failure("download", f"{url} could not be fetched in {tries} tries: {error}{kept}") from None
        for second in range(PAUSES[tries - 1]):
            progress("retry", second, PAUSES[tries - 1])
            progress.control.sleep(1)


def _size(place: Path) -> int:
    return place.stat().st_size if place.exists() else 0


def _offline(error: Exception) -> bool:
    """Return whether it is this machine that has no network."""
    reason = getattr(error, "reason", error)
    return isinstance(reason, socket.gaierror) or getattr(reason, "errno", None) in NO_NETWORK


def _final(error: Exception) -> bool:
    """Return whether another try would end in the same way."""
    if isinstance(error, urllib.error.HTTPError):
        return 400 <= error.code < 500 and error.code not in PASSING
    return isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError)


def _go_on(url: str, place: Path, progress: Progress) -> None:
    """Append to `place` what is missing; raise OSError or HTTPException if the connection ends early."""
    have = _size(place)
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        if error.headers.get("Content-Range") == f"bytes */{have}":
            return  # it was complete already
        place.unlink()
        raise
    with response:
        if response.headers.get_content_type() == "text/html":
            raise Failure("download-page", f"{url} answered with a web page; is there a proxy or a login page?")
        start = 0
        if response.status == 206:
            if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                raise ConnectionError(f"asked for what follows {have} bytes, got something else")
            start = have
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        with place.open("r+b" if place.exists() else "wb") as file:
            file.truncate(start)
            file.seek(start)
            while block := response.read1(BLOCK):  # what there is: a slow server is seen to go on
                file.write(block)
                progress("download", file.tell(), total)
            if total is not None and file.tell() != total:
                raise ConnectionError(f"the connection ended after {file.tell()} of {total} bytes")
