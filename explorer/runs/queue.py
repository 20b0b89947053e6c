"""A queue in which each visitor has one place, and the addresses they come from take turns."""

import ipaddress
from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import NamedTuple

from explorer.runs.limits import Refused

REMEMBERED = 1000  # addresses of which the last turn is remembered


class _Entry(NamedTuple):
    item: object
    visitor: str
    address: str


class Queue:
    """The waiting items, in the order in which they will be taken. places: how many at most, half of them per address.

    A visitor with many sessions has many places but one address, so that others still find a place, and wait for only
    one of that visitor's items at a time. Not thread-safe.
    """

    def __init__(self, places: int):
        self._places = places
        self._waiting: list[_Entry] = []  # in the order of their arrival
        self._served: dict[str, None] = {}  # addresses by their last turn, the latest at the end

    def check(self, visitor: str, address: str) -> None:
        """Raise Refused if `visitor` at `address` cannot join: "still_waiting", "queue_full" or "queue_share"."""
        if any(entry.visitor == visitor for entry in self._waiting):
            raise Refused("still_waiting")
        if len(self._waiting) >= self._places:
            raise Refused("queue_full", most=self._places)
        share = (self._places + 1) // 2
        if sum(entry.address == group_of(address) for entry in self._waiting) >= share:
            raise Refused("queue_share", most=share)

    def join(self, item, visitor: str, address: str) -> None:
        """Add `item` for `visitor`. Raises Refused as `check` does."""
        self.check(visitor, address)
        self._waiting.append(_Entry(item, visitor, group_of(address)))

    def leave(self, item) -> bool:
        """Remove `item`; return whether it was there."""
        left = [entry for entry in self._waiting if entry.item is not item]
        found = len(left) < len(self._waiting)
        self._waiting = left
        return found

    def take(self):
        """Remove the next item and return it."""
        first = self._order()[0]
        self._waiting.remove(first)
        self._served.pop(first.address, None)
        self._served[first.address] = None
        if len(self._served) > REMEMBERED:
            del self._served[next(iter(self._served))]
        return first.item

    def __iter__(self) -> Iterator:
        return (entry.item for entry in self._order())

    def __len__(self) -> int:
        return len(self._waiting)

    def _order(self) -> list[_Entry]:
        """Return the entries in their order: the first of each address, then the second of each, and so on."""
        of_address: dict[str, list[_Entry]] = {}
        for entry in self._waiting:
            of_address.setdefault(entry.address, []).append(entry)
        turns = {address: turn for turn, address in enumerate(self._served)}
        lanes = sorted(of_address.values(), key=lambda lane: turns.get(lane[0].address, -1))
        return [entry for entry in chain(*zip_longest(*lanes)) if entry]


def group_of(address: str) -> str:
    """Return the group of an address: for IPv6 its first 64 bits, as one visitor has all addresses that share them.

    >>> group_of("192.0.2.7"), group_of("::ffff:192.0.2.7"), group_of("")
    ('192.0.2.7', '192.0.2.7', '')
    >>> group_of("2001:db8::7") == group_of("2001:db8::8")
    True
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
