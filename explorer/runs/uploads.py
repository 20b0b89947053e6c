"""Who may bring a run or images to this server as a ZIP file, how many at once, how much, and how long it may take."""

import contextlib
import hmac
import os
import secrets
import tempfile
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from explorer.protocol.safe_files import EVENTS, LOG
from explorer.runs import opening, own_images
from explorer.runs.attendance import Present
from explorer.runs.limits import Limits, Refused
from explorer.runs.queue import group_of
from explorer.runs.storage import ALIVE, HALF_OPENED

AT_ONCE = 2  # of all visitors; of those at one address one at a time
SECONDS = 60.0  # in which a ZIP file has to be there
TICKETS = 1000  # of all visitors together
HOUR, HOURLY = 3600.0, 16  # from one address, in an hour, so many times the largest ZIP file
LEAST = 4_000_000  # bytes that any counts as, since a small one may take as long to check
UNPACKED = 2  # times the bytes of the largest ZIP file, which the run may have


@dataclass(frozen=True)
class Ticket:
    """What a session may show to bring something: its secret, whether the session is still there, and its address.

    The address is that of all who share one, as `queue.group_of` says.
    """

    secret: str
    present: Present
    address: str


class Received:
    """How many bytes of one ZIP file have come."""

    def __init__(self, most: int):
        self.bytes, self._most = 0, most

    def add(self, count: int) -> None:
        """Raises Refused for more than are allowed."""
        self.bytes += count
        if self.bytes > self._most:
            raise Refused("bytes", most=self._most / 1e6)


class Uploads:
    """The runs and images that visitors bring. Thread-safe.

    make_room: removes old runs from the disk, and raises Refused if that is not enough. process: starts the training
    program, which decodes the images.
    """

    def __init__(self, limits: Limits, make_room: Callable[[], None], process: Callable):
        self._limits, self._make_room, self._process = limits, make_room, process
        self._lock = threading.Lock()
        self._tickets: OrderedDict[str, Ticket] = OrderedDict()  # by the visitor's session, the oldest first
        self._at_work: list[str] = []  # the addresses
        self._brought: deque[tuple[float, str, int]] = deque()  # when, from which address, bytes

    def ticket(self, visitor: str, present: Present, address: str = "") -> str:
        """Return the secret by which the session `visitor` may bring something for as long as it is there."""
        address = group_of(address)
        with self._lock:
            known = self._tickets.get(visitor)
            if known is None or known.address != address:
                self._tickets = OrderedDict((id, one) for id, one in self._tickets.items() if one.present())
                known = self._tickets[visitor] = Ticket(secrets.token_urlsafe(24), present, address)
                if len(self._tickets) > TICKETS:
                    self._tickets.popitem(last=False)
            return known.secret

    @contextlib.contextmanager
    def admitted(self, secret: str, announced: int = 0) -> Iterator[Received]:
        """Let whoever shows the secret of a ticket bring a ZIP file of `announced` bytes. Raises Refused.

        Codes: "off", "secret", "bytes", "busy" and "often".
        """
        most, now = self._limits.upload, time.monotonic()
        if not most:
            raise Refused("off")
        received = Received(most)
        with self._lock:
            shown = secret.encode("utf-8", "replace")
            fitting = (one for one in self._tickets.values() if hmac.compare_digest(one.secret.encode(), shown))
            ticket = next(fitting, None)
            if ticket is None or not ticket.present():
                raise Refused("secret")
            if announced > most:
                raise Refused("bytes", most=most / 1e6)
            if len(self._at_work) >= AT_ONCE or ticket.address in self._at_work:
                raise Refused("busy")
            while self._brought and self._brought[0][0] < now - HOUR:
                self._brought.popleft()
            if sum(size for _, address, size in self._brought if address == ticket.address) > HOURLY * most:
                raise Refused("often")
            self._at_work.append(ticket.address)
        try:
            yield received
        finally:
            with self._lock:
                self._at_work.remove(ticket.address)
                self._brought.append((now, ticket.address, max(LEAST, received.bytes)))

    def file(self) -> BinaryIO:
        """Return an empty file for a ZIP file, which is gone when it is closed. Raises OSError."""
        return tempfile.TemporaryFile(dir=self._home())

    def _home(self) -> Path:
        self._limits.folder.mkdir(parents=True, exist_ok=True)
        return self._limits.folder

    def images(self, packed: BinaryIO) -> str:
        """Take the images in a ZIP file, and return their id. Raises as `own_images.take` does, and as `open`."""
        self._make_room()
        return own_images.take(packed, self._home(), UNPACKED * self._limits.upload, self._process)

    def open(self, packed: BinaryIO) -> str:
        """Check and unpack the run in a ZIP file, and return its id. Raises Refused, or OSError if the disk is full.

        It has no owner, and it is kept and removed like a run that was trained here and has just ended.
        """
        self._make_room()
        id, home = secrets.token_urlsafe(12), self._home()
        with tempfile.TemporaryDirectory(prefix=HALF_OPENED, dir=home) as place:
            folder = Path(place) / id
            opening.unpack(packed, folder, UNPACKED * self._limits.upload)
            opening.check(folder)
            (folder / LOG).touch()  # by which `Storage` knows that this server made the folder
            over = time.time() - ALIVE - 1  # else it would count as training for a minute
            os.utime(folder / EVENTS, (over, over))
            folder.rename(home / id)
        self._make_room()
        if not (home / id).is_dir():
            raise Refused("disk")
        return id
