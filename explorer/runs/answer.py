"""What a run answers to the browser: rows in as few bytes as they need, and no more of them than are asked for."""

from collections.abc import Iterable

from explorer.protocol.json_numbers import dumps
from explorer.runs.history import Row


def encoded(answer) -> bytes:
    """Return an answer, or a part of one, as JSON."""
    return dumps(answer, separators=(",", ":")).encode()


def fitting(items: Iterable, room: int) -> list:
    """Return as many of the items as fit into `room` bytes, but at least one if there is one."""
    found = []
    for item in items:
        room -= len(encoded(item)) + 1
        if room < 0 and found:
            break
        found.append(item)
    return found


def cursor_parts(cursor: str) -> tuple[int, ...]:
    """Read "reading-width-row-stride-epoch-facts-sampled"; whatever else it is asks for everything."""
    parts = cursor.split("-")
    if len(parts) != 7 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        return 0, 0, 0, 0, 0, -1, 0
    return tuple(int(part) for part in parts)


def summary(row: Row) -> list:
    """First and last step; mean, least and greatest loss; learning rate, seconds, pictures, gradient, update."""
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
    """Return of an epoch event what is drawn."""
    names = ("epoch", "step", "seconds", "train_loss", "test_loss", "test_accuracy", "class_accuracy")
    return {name: _short(event.get(name)) for name in names}


def _short(value):
    """Round to five digits."""
    if isinstance(value, list):
        return [_short(item) for item in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
