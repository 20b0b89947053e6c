"""The answers about a run that the browser asks for: compact, and only what is new."""

from collections.abc import Iterable
from typing import NamedTuple

from explorer.protocol.json_numbers import dumps
from explorer.runs.history import Row


def encoded(answer) -> bytes:
    """Return an answer, or a part of one, as JSON."""
    return dumps(answer, separators=(",", ":")).encode()


def fitting(items: Iterable, room: int) -> list:
    """Return as many of the first items as fit into `room` bytes, but at least one if there is one."""
    found = []
    for item in items:
        room -= len(encoded(item)) + 1
        if room < 0 and found:
            break
        found.append(item)
    return found


class Cursor(NamedTuple):
    """What a browser already has: the rows and evaluations before `row` and `epoch`, of one reading of the folder.

    `width` and `stride` are those of `History` and `Thinned` then; `facts` and `sampled` say which facts and which
    samples event came last.
    """

    reading: int = 0
    width: int = 0
    row: int = 0
    stride: int = 0
    epoch: int = 0
    facts: int = -1
    sampled: int = 0

    def encode(self) -> str:
        return "-".join(map(str, self))

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Read what `encode` wrote; anything else asks for everything."""
        parts = text.split("-")
        fits = len(parts) == len(cls._fields) and all(part.isascii() and part.isdigit() for part in parts)
        return cls(*map(int, parts)) if fits and len(text) < 100 else cls()


def summary(row: Row) -> list:
    """First and last step; mean, least and greatest loss; learning rate, seconds, images, gradient, update."""
    measured = (row.mean, row.low, row.high, row.learning_rate, row.seconds)
    return [
        row.first,
        row.last,
        *map(_short, measured),
        row.images,
        _short(row.gradient_norm),
        _short(row.update_ratio),
    ]


def evaluation(event: dict) -> dict:
    """Return the fields of an epoch event that are shown."""
    names = ("epoch", "step", "seconds", "train_loss", "test_loss", "test_accuracy", "class_accuracy")
    return {name: _short(event.get(name)) for name in names}


def _short(value):
    """Round to five digits."""
    if isinstance(value, list):
        return [_short(item) for item in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
