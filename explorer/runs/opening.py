"""Opens a run that somebody brings as a ZIP file: checks it, and unpacks it into a folder like that of any run.

Nothing in it is trusted. First the names and sizes: what a run's folder holds and `archive.pack` packs, and nothing
else, counted while it is inflated. Then the contents, each by its own rule: JSON and plain arrays, and no pickle but
the weights, which are copied as they are, and which the training program alone reads.

What is refused is refused with a code, and the name of the entry that was wrong.
"""

import json
import math
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

import numpy as np

from explorer.protocol import events, options
from explorer.protocol.layers import layers
from explorer.protocol.safe_files import EVENTS, LOG, OWNER, array
from explorer.runs import landscapes, results
from explorer.runs.archive import NAMES
from explorer.runs.folder import SAMPLES
from explorer.runs.limits import Refused
from explorer.runs.zipped import check_compression, entries, inflate, opened, refusing, shown

CONFIG, LABELS, WEIGHTS = "config.json", "test_labels.npy", "weights.pt"
NEEDED = (CONFIG, EVENTS, LABELS)
# Files that are skipped: what only resuming needs, the log, and the note of the owner.
LEFT = re.compile(rf"checkpoint\.pt|{re.escape(LOG)}|{OWNER}|snapshots/.*")

SMALL = {CONFIG: results.MOST_BYTES, "landscapes": 2 * landscapes.MOST_BYTES}  # bytes of a file, and of a whole folder
LINES = 300_000  # of the events
LINE = 20_000  # bytes of an event
DEEP = 5  # lists in lists that an event may hold
IMAGES = 100_000  # of the test set
HALF = 2  # bytes of a weight at least


def unpack(packed: BinaryIO, folder: Path, most: int) -> None:
    """Unpack the run in the ZIP file `packed` into a new `folder`, of at most `most` bytes. Raises Refused.

    What has been unpacked by then is left for the caller to remove. Raises OSError if it cannot be written.
    """
    archive = opened(packed)
    left, room = most, dict(SMALL)
    for name, entry in _files(entries(archive)).items():
        part = name.split("/")[0]
        bound = min(left, room.get(part, most))
        size = inflate(archive, entry, name, folder / name, bound, Refused("large", name=name, most=most / 1e6))
        left, room[part] = left - size, bound - size


def _files(found: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the entries that belong to the run, by their names in its folder. Raises Refused."""
    configs = [name for name in found if re.fullmatch(rf"([^/]+/)?{re.escape(CONFIG)}", name)]
    if not configs:
        raise Refused("missing", name=CONFIG)
    home = min(configs, key=len).removesuffix(CONFIG)  # one folder around everything, or none
    inside = {}
    for name, entry in found.items():
        rest = name.removeprefix(home)
        if not name.startswith(home) or not (NAMES.fullmatch(rest) or LEFT.fullmatch(rest)):
            raise Refused("unknown", name=shown(name))
        if LEFT.fullmatch(rest):
            continue
        check_compression(entry, name)
        inside[rest] = entry
    for name in NEEDED:
        if name not in inside:
            raise Refused("missing", name=name)
    return inside


def check(folder: Path) -> None:
    """Check the contents of an unpacked run. Raises Refused."""
    with refusing("config", CONFIG):
        config = _object((folder / CONFIG).read_bytes())
        classes = config.get("classes")
        if not events.list_of(events.text, events.COUNTS)(classes):
            raise ValueError
        classes = len(classes)
        events.checked(config | {"event": "started"})
    _check_events(folder / EVENTS)
    with refusing("array", LABELS):
        labels = _array(folder / LABELS)
        whole = labels.dtype.kind in "iu" and labels.ndim == 1 and 0 < len(labels) <= IMAGES
        if not whole or not np.isin(labels, range(classes)).all():
            raise ValueError
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.suffix == ".npy" and name != LABELS:
            with refusing("array", name):
                if not _fits(name, _array(file), len(labels), classes):
                    raise ValueError
        elif file.suffix == ".json" and name != CONFIG:
            with refusing("landscape", name):
                landscapes.read(file)
                _object(file.read_bytes())
        elif name == WEIGHTS:
            _check_weights(config, file)


def _object(line: bytes) -> dict:
    """Return the JSON object in `line`: not nested deeper than what a run writes, and its texts are Unicode."""
    found = json.loads(line.decode("utf-8"))
    if not isinstance(found, dict) or not _shallow(found, DEEP):
        raise ValueError
    if b"\\u" in line:
        json.dumps(found, ensure_ascii=False).encode("utf-8")  # raises ValueError for half a pair of surrogates
    return found


def _shallow(value, depth: int) -> bool:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return True
    return depth > 0 and all(_shallow(item, depth - 1) for item in value)


def _check_events(file: Path) -> None:
    """Check that every line is an event; half a line at the end, of a run that was packed while it trained, is none."""
    with file.open("rb") as lines:
        for count in range(1, LINES + 2):
            line = lines.readline(LINE + 1)
            if not line:
                return
            if count > LINES:
                raise Refused("lines", name=EVENTS, most=LINES)
            with refusing("event", EVENTS, line=count):
                if len(line) > LINE:
                    raise ValueError
                if line.endswith(b"\n"):
                    _check_event(_object(line))


def _check_event(event: dict) -> None:
    kind = event["event"]
    if kind not in events.KINDS:
        raise ValueError
    if kind in events.SCHEMA:
        events.checked(event)
    elif kind == "step":
        for name in ("step", "images"):
            int(event[name])
        for name in ("loss", "learning_rate", "seconds"):
            float(event[name])


def _array(file: Path) -> np.memmap:
    """Return a plain array; its numbers fill the rest of the file, and hold no Python objects."""
    found = array(file)
    if found.offset + found.nbytes != file.stat().st_size:
        raise ValueError
    return found


def _fits(name: str, found: np.ndarray, images: int, classes: int) -> bool:
    """Return whether an array has the type and the shape of the file `name` of a run with so many test images."""
    kind, shape = found.dtype.kind, found.shape
    match name:
        case "sample_index.npy":
            fits = kind in "iu" and len(shape) == 1 and len(found) <= SAMPLES
            return fits and bool(np.isin(found, range(images)).all())
        case "sample_images.npy":
            return found.dtype == np.uint8 and shape[1:] == (32, 32, 3) and shape[0] <= SAMPLES
        case results.IMAGES:
            return found.dtype == np.uint8 and shape == (images, 32, 32, 3)
        case "templates.npy":
            return kind == "f" and shape == (classes, 32, 32, 3)
        case "filters.npy":
            return kind == "f" and len(shape) == 4 and shape[1] == shape[2] and shape[3] == 3 and found.size < 10**6
        case "fingerprints.npy":
            return found.dtype in (np.float16, np.float32) and shape == (images, 12)
    return kind == "f" and shape == (images, classes)  # the logits after an evaluation


def _check_weights(config: dict, file: Path) -> None:
    """Refuse weights that are too few for the model that config.json names: the program would make room for that."""
    try:
        rows = layers(options.configured(config["configuration"]), len(config["classes"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return  # the training program, which reads the same settings, says so when it is asked
    if HALF * math.fsum(count for *_, count in rows) > file.stat().st_size:
        raise Refused("weights", name=WEIGHTS)
