"""What the events of a run may hold, as far as anybody reads it: a folder may have been made by anybody.

Each event has what it must have, of the right kind; what is not named here is left out, and so is what may be
there but is of another kind.
"""

CLASSES = 10


def number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def text(value) -> bool:
    return isinstance(value, str)


def nothing_or(kind):
    return lambda value: value is None or kind(value)


def list_of(kind, length=None):
    """Return a test for lists of what passes the test `kind`, of any length or of that one.

    >>> list_of(number, 2)([1, 2]), list_of(number, 2)([1, 2, 3])
    (True, False)
    """
    return lambda value: isinstance(value, list) and length in (None, len(value)) and all(map(kind, value))


def plain(value) -> bool:
    return value is None or isinstance(value, str | int | float)


def table(value) -> bool:
    return isinstance(value, dict) and all(map(plain, value.values()))


def layer(value) -> bool:
    return isinstance(value, list) and len(value) == 3 and text(value[0]) and whole(value[2])


# Name: what it has to be, and what stands there if it is not; without that, there is no event.
MUST = object()
SCHEMA = {
    "started": {
        "dataset": (text, ""),
        "classes": (list_of(text, CLASSES), None),
        "images": (whole, 0),
        "test_images": (whole, 0),
        "parameters": (whole, 0),
        "layers": (list_of(layer), None),
        "device": (text, ""),
        "precision": (text, ""),
        "memory_format": (text, ""),
        "torch": (text, ""),
        "threads": (whole, None),
        "processes": (whole, None),
        "configuration": (table, {}),
        "notice": (table, None),
        "resumed": (whole, None),
    },
    "epoch": {
        "epoch": (whole, MUST),
        "train_loss": (nothing_or(number), None),
        "test_loss": (number, MUST),
        "test_accuracy": (number, MUST),
        "class_accuracy": (list_of(number, CLASSES), None),
        "images_per_second": (nothing_or(number), None),
        "seconds": (number, 0.0),
    },
    "finished": {
        "reason": (text, MUST),
        "test_accuracy": (nothing_or(number), None),
        "images_per_second": (nothing_or(number), None),
        "seconds": (number, 0.0),
    },
    "failed": {"code": (text, MUST), "message": (text, "")},
}


def checked(event: dict) -> dict:
    """Return the event as its schema has it; raise ValueError if it lacks what it must have.

    >>> checked({"event": "failed", "code": "download", "message": 3, "more": [[]]})
    {'event': 'failed', 'code': 'download', 'message': ''}
    """
    found = {"event": event["event"]}
    for name, (fits, instead) in SCHEMA[event["event"]].items():
        value = event.get(name)
        if not fits(value):
            value = instead
        if value is MUST:
            raise ValueError(f"the event {event['event']} has no {name}")
        found[name] = value
    return found
