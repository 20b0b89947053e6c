"""The fields of a run's events, and their types, which are checked: anybody may have written a run folder.

Only started, epoch, finished and failed; the others are checked as runs/folder.py reads them. All events and commands:
explorer/training/__init__.py.

An event without a required field, or with one of the wrong type, is refused. Any other field of the wrong type gets a
default, and fields that are not named here are dropped.
"""

COUNTS = range(2, 11)  # how many classes there may be


def number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def natural(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def text(value) -> bool:
    return isinstance(value, str)


def nothing_or(kind):
    return lambda value: value is None or kind(value)


def list_of(kind, counts=None):
    """Return a test for lists whose items pass the test `kind`; `counts`: how many there may be, None for any number.

    >>> list_of(number, COUNTS)([1, 2]), list_of(number, COUNTS)([1])
    (True, False)
    """
    return lambda value: isinstance(value, list) and (counts is None or len(value) in counts) and all(map(kind, value))


def scalar(value) -> bool:
    return value is None or isinstance(value, str | int | float)


def truth(value) -> bool:
    return isinstance(value, bool)


def table(value) -> bool:
    return isinstance(value, dict) and all(map(scalar, value.values()))


def layer(value) -> bool:
    return isinstance(value, list) and len(value) == 3 and text(value[0]) and natural(value[2])


# Field: a test of its value, and the default if it fails. MUST: the field is required.
MUST = object()
SCHEMA = {
    "started": {
        "dataset": (text, ""),
        "classes": (list_of(text, COUNTS), None),
        "images": (natural, 0),
        "test_images": (natural, 0),
        "held_out": (truth, False),
        "parameters": (natural, 0),
        "layers": (list_of(layer), None),
        "device": (text, ""),
        "precision": (text, ""),
        "memory_format": (text, ""),
        "passed_over": (text, ""),
        "torch": (text, ""),
        "threads": (natural, None),
        "processes": (natural, None),
        "configuration": (table, {}),
        "notice": (table, None),
        "resumed": (natural, None),
    },
    "epoch": {
        "epoch": (natural, MUST),
        "train_loss": (nothing_or(number), None),
        "test_loss": (number, MUST),
        "test_accuracy": (number, MUST),
        "class_accuracy": (list_of(number, COUNTS), None),
        "images_per_second": (nothing_or(number), None),
        "seconds": (number, 0.0),
    },
    "finished": {
        "reason": (text, MUST),
        "test_accuracy": (nothing_or(number), None),
        "augmented_accuracy": (nothing_or(number), None),
        "images_per_second": (nothing_or(number), None),
        "seconds": (number, 0.0),
    },
    "failed": {"code": (text, MUST), "message": (text, "")},
}
KINDS = {*SCHEMA, "step", "samples", "diverged", "paused", "resumed", "changed"}


def checked(event: dict) -> dict:
    """Return the event with the fields of its schema alone; raise ValueError if a required one is missing.

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
