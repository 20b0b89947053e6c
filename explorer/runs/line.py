"""Where visitors wait: one place for each, so many in all, and in turn from each address that they come from."""

import ipaddress
from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import NamedTuple

from explorer.runs.limits import Refused

REMEMBERED = 1000  # addresses of which it is known when they last had their turn


class _Place(NamedTuple):
    item: object
    visitor: str
    address: str


class Line:
    """What waits, in the order in which it will be taken. places: so many at most, half of them for one address.

    Whoever opens many sessions waits in many places, but with one address; so neither are all places theirs, nor does
    anybody from elsewhere wait for more than one of them at a time. Not safe for several threads at once.
    """

    def __init__(self, places: int):
        self._places = places
        self._waiting: list[_Place] = []  # as they came
        self._served: dict[str, None] = {}  # the addresses that have had their turn, the last one last

    def check(self, visitor: str, address: str) -> None:
        """Raise Refused if `visitor` at `address` cannot join: "still_waiting", "queue_full" or "queue_share"."""
        if any(place.visitor == visitor for place in self._waiting):
            raise Refused("still_waiting")
        if len(self._waiting) >= self._places:
            raise Refused("queue_full", most=self._places)
        share = (self._places + 1) // 2
        if sum(place.address == _group(address) for place in self._waiting) >= share:
            raise Refused("queue_share", most=share)

    def join(self, item, visitor: str, address: str) -> None:
        """Let `visitor` wait with `item`. Raises Refused as `check` does."""
        self.check(visitor, address)
        self._waiting.append(_Place(item, visitor, _group(address)))

    def leave(self, item) -> bool:
        """Take `item` out, and return whether it was there."""
        left = [place for place in self._waiting if place.item is not item]
        found = len(left) < len(self._waiting)
        self._waiting = left
        return found

    def take(self):
        """Take out what is next, and return it."""
        first = self._order()[0]
        self._waiting.remove(first)
        self._served.pop(first.address, None)
        self._served[first.address] = None
        if len(self._served) > REMEMBERED:
            del self._served[next(iter(self._served))]
        return first.item

    def __iter__(self) -> Iterator:
        return (place.item for place in self._order())

    def __len__(self) -> int:
        return len(self._waiting)

    def _order(self) -> list[_Place]:
        """Return all places in their order: of each address the first one, then of each the second, and so on."""
        of_address: dict[str, list[_Place]] = {}
        for place in self._waiting:
            of_address.setdefault(place.address, []).append(place)
        turns = {address: turn for turn, address in enumerate(self._served)}
        lanes = sorted(of_address.values(), key=lambda lane: turns.get(lane[0].address, -1))
        return [place for place in chain(*zip_longest(*lanes)) if place]


def _group(address: str) -> str:
    """Return what stands for an address: of IPv6 the first 64 bits, since whoever has one has all that share them.

    >>> _group("192.0.2.7"), _group("::ffff:192.0.2.7"), _group("2001:db8::7") == _group("2001:db8::8"), _group("")
    ('192.0.2.7', '192.0.2.7', True, '')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
