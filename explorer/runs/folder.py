"""What a run's folder holds: its events, read as they are written, its progress, sample images and their logits.

A folder that was made elsewhere and copied here is read in the same way.
"""

import contextlib
import functools
import io
import json
import os
import time
from collections import deque
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.images.sheets import sprite
from explorer.protocol import events
from explorer.protocol.json_numbers import from_wire
from explorer.protocol.options import CHANGEABLE
from explorer.protocol.safe_files import EVENTS, LOG, array, regular_file
from explorer.runs.history import History, Thinned
from explorer.runs.results import Results

BLOCK = 1 << 18
READING = 2 << 20  # bytes of events that one call of `read` takes in, so that none takes long
MOST = 2 << 30  # bytes of events that are read in all: about fourteen million steps
LOG_TAIL = 8192
LINE = 6000  # bytes; a longer line is no event
SAMPLES = 1000  # sample images at most; the training program writes twenty
LAST = 100  # bytes read last, which are compared to see whether the file was rewritten
CHANGES = 30  # changes of settings that are kept; further ones are merged into the last
MEASURED = ("gradient_norm", "update_ratio")


class RunFolder:
    """What has been read of a run's folder so far; `read` reads what is new.

    `has_unread`: whether more was written than has been read; `readings`: how often it was read from the beginning.
    `started` and `ended` (finished or failed) are events, or None; `begun`: whether there was a started event since the
    process was last launched. `epochs` holds the epoch events, thinned out; `changes` the changed events, each with the
    step after which it came; `facts` counts the events in `started` and `changes`. `paused`: whether the run is paused;
    `samples`: the last samples event, {"step": s, "logits": one row for each sample image}.
    """

    def __init__(self, path: Path):
        self.path = path
        self._stamp: float | None = None  # when the events were last written to, by the time of the file,
        self._written_at = -float("inf")  # and by this process's monotonic clock
        self.readings = 0
        self.begun = False
        self._begin()

    def _begin(self) -> None:
        self.readings += 1
        vars(self).pop("_samples", None)  # they may be other images now
        self.history = History()
        self.evaluations = Thinned()
        self.changes: list[dict] = []
        self.facts = 0
        self.paused = False
        self.samples: dict | None = None
        self.started: dict | None = None
        self.ended: dict | None = None
        self.has_unread = False
        self._offset = 0
        self._rest = self._last = b""
        self._pace: deque[tuple[float, int]] = deque(maxlen=25)

    def there(self, name: str = "") -> bool:
        """Return whether the folder exists (not as a link), with the file `name` in it."""
        try:
            found = self.path.is_dir() and not self.path.is_symlink()
            return found and (not name or bool(regular_file(self.path / name)))
        except OSError:
            return False

    def read(self) -> None:
        """Read new events, at most READING bytes of them; half a line is completed by a later call."""
        try:
            with regular_file(self.path / EVENTS).open("rb") as file:
                self._note_written(os.fstat(file.fileno()).st_mtime)
                size = min(file.seek(0, io.SEEK_END), MOST)
                file.seek(self._offset - len(self._last))
                if file.read(len(self._last)) != self._last:
                    self._begin()  # a resumed run has removed the events after its checkpoint
                    file.seek(0)
                until = min(self._offset + READING, size)
                while self._offset < until and (block := file.read(BLOCK)):
                    self._offset += len(block)
                    self._last = (self._last + block)[-LAST:]
                    *lines, rest = (self._rest + block).split(b"\n")
                    self._rest = rest[: LINE + 1]  # no more is needed of a line that is too long
                    for event in _objects(lines):
                        self._take(event)
                self.has_unread = self._offset < size
        except OSError:
            return
        if self.history.rows:
            row = self.history.rows[-1]
            if not self._pace or row.images > self._pace[-1][1]:
                self._pace.append((row.seconds, row.images))

    def _note_written(self, stamp: float) -> None:
        """Note when the events were written to. After the first call, a clock that is set meanwhile does not matter."""
        if stamp != self._stamp:
            age = 0.0 if self._stamp is not None else abs(time.time() - stamp)
            self._stamp, self._written_at = stamp, time.monotonic() - age

    def _take(self, event) -> None:
        """Take in one event. Anything else, in a folder from elsewhere, is ignored."""
        try:
            kind = event["event"]
            if kind == "step":  # there may be millions of them; float() reads "inf" and "nan" itself
                self.history.add(
                    int(event["step"]),
                    float(event["loss"]),
                    float(event["learning_rate"]),
                    int(event["images"]),
                    float(event["seconds"]),
                    **{name: float(event[name]) for name in MEASURED if event.get(name) is not None},
                )
                return
            event = from_wire(event)
            if kind == "epoch":
                evaluation = events.checked(event)
                # The untrained model is reported after the first step.
                self.evaluations.add(evaluation | {"step": self.step if evaluation["epoch"] else 0})
            elif kind == "changed":
                changed = {name: float(event[name]) for name in CHANGEABLE if event.get(name) is not None}
                before = self.changes.pop() if len(self.changes) == CHANGES else {}
                self.changes.append(before | changed | {"step": self.step})
                self.facts += 1
            elif kind == "samples":
                logits = np.array(event["logits"], np.float64)
                if logits.ndim == 2 and logits.shape[1] in events.COUNTS:
                    self.samples = {"step": int(event["step"]), "logits": logits}
            elif kind in ("paused", "resumed"):
                self.paused = kind == "paused"
            elif kind == "diverged" and self.history.diverged is None:
                self.history.diverged = int(event["step"])
            elif kind == "started":
                self.started, self.ended, self.begun = events.checked(event), None, True
                self.facts += 1
            elif kind in ("finished", "failed"):
                self.ended = events.checked(event)
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return

    @property
    def changed(self) -> dict[str, float]:
        """The settings that were changed during the run, with their present values."""
        return {name: value for change in self.changes for name, value in change.items() if name != "step"}

    @property
    def epochs(self) -> list[dict]:
        """The epoch events; of very many, some."""
        return self.evaluations.items

    @property
    def step(self) -> int:
        """The number of the last step, 0 before the first."""
        return self.history.rows[-1].last if self.history.rows else 0

    @property
    def images_per_second(self) -> float | None:
        """The speed of the training over the last few readings, or else over the whole run."""
        if not self._pace:
            return None
        (seconds, images), (now, seen) = self._pace[0], self._pace[-1]
        if now > seconds:
            return (seen - images) / (now - seconds)
        return seen / now if now > 0 else None

    def silent_seconds(self) -> float:
        """How many seconds ago the events were last written to, as far as is known; infinity if there are none."""
        return time.monotonic() - self._written_at

    def touch(self) -> None:
        """Renew the time of the events, by which other servers see that the run is alive, even while it is paused."""
        with contextlib.suppress(OSError):
            os.utime(regular_file(self.path / EVENTS))

    def log_tail(self) -> tuple[dict | None, str]:
        """Return the log's last progress ({"progress": …, "done": …, "total": …}) and its last other line."""
        try:
            with regular_file(self.path / LOG).open("rb") as file:
                file.seek(0, io.SEEK_END)
                file.seek(max(0, file.tell() - LOG_TAIL))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return None, ""
        progress, other = None, ""
        for line in lines:
            if line.startswith('{"progress"'):
                try:
                    progress = json.loads(line)
                except ValueError:
                    continue  # cut at the beginning of the tail, or not yet complete
            elif line.strip():
                other = line.strip()
        return progress, other

    @functools.cached_property
    def _samples(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Images, labels, indices in the test set and among the samples: one image of each class, by class."""
        index = np.array(array(self.path / "sample_index.npy"))
        if index.ndim != 1 or len(index) > SAMPLES:
            raise ValueError(f"{self.path} holds no sample images")
        labels = np.array(array(self.path / "test_labels.npy")[index])
        _, first = np.unique(labels, return_index=True)
        return self._images_of(index)[first], labels[first], index[first], first

    def _images_of(self, index: np.ndarray) -> np.ndarray:
        """Return the images (n, 32, 32, 3) of some numbers: the run's own, else from a copy of its data here."""
        if (self.path / "sample_images.npy").exists():
            images = array(self.path / "sample_images.npy")
            if images.shape != (len(index), 32, 32, 3) or images.dtype != np.uint8:
                raise ValueError(f"{self.path} holds no sample images")
            return images
        images = Results(self.path).images
        if images is None or not images.found[index].all():
            raise ValueError(f"the sample images of {self.path} are not on this server")
        return images[index]

    def sample_images(self) -> np.ndarray | None:
        """Return an image of each class, by class, uint8 (n, 32, 32, 3), or None if there are none."""
        try:
            images, *_ = self._samples
        except (OSError, ValueError, IndexError, TypeError):
            return None
        return images

    def sample_sheet(self) -> bytes | None:
        """Return the sample images one below the other as a PNG, or None if there are none."""
        images = self.sample_images()
        return None if images is None else sprite(images)

    def sample_logits(self, epoch: int) -> dict | None:
        """Return {"labels": (n,), "logits": (n, K)} of the sample images after `epoch`, or None."""
        try:
            _, labels, index, _ = self._samples
            logits = array(self.path / "test_logits" / f"{epoch:04d}.npy")[index]
            return {"labels": labels, "logits": np.round(np.asarray(logits, np.float64), 4)}
        except (OSError, ValueError, IndexError, TypeError):
            return None

    def live_samples(self) -> dict | None:
        """Return {"step": …, "labels": (n,), "logits": (n, K)} of the sample images from the last event, or None."""
        try:
            _, labels, _, first = self._samples
            logits = np.round(self.samples["logits"][first], 3)
            return {"step": self.samples["step"], "labels": labels, "logits": logits}
        except (OSError, ValueError, IndexError, TypeError):
            return None

    def weights_sheet(self) -> bytes | None:
        """Return the softmax model's templates, else the first convolution's filters, as one PNG, or None.

        Grey is 0. All have the same scale, on which the largest absolute weight is black or white.
        """
        for name, across in (("templates.npy", 5), ("filters.npy", 16)):
            try:
                weights = array(self.path / name)
                if weights.ndim == 4 and weights.shape[3] == 3 and weights.size < 1_000_000:
                    return tiles(weights.astype(np.float64), across)
            except (OSError, ValueError, TypeError):
                continue
        return None


def _objects(lines: list[bytes]) -> list:
    """Return the JSON in the lines; lines that are no JSON, or too long for an event, are ignored."""
    if max(map(len, lines), default=0) <= LINE:
        # All at once is three times as fast; if one line is no JSON, they are read one by one below.
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(b"[" + b",".join(lines) + b"]")
    found = []
    for line in lines:
        if len(line) <= LINE:
            with contextlib.suppress(ValueError, RecursionError):
                found.append(json.loads(line))
    return found


def tiles(weights: np.ndarray, across: int) -> bytes:
    """Return weights (n, height, width, 3) as images in one PNG, `across` in a row, one pixel apart."""
    largest = np.abs(weights).max(initial=0.0)
    scaled = np.nan_to_num(weights / largest if largest > 0 else weights)
    count, height, width, _ = weights.shape
    rows = -(-count // across)
    sheet = np.zeros((rows * (height + 1), across * (width + 1), 4), np.uint8)
    for position, image in enumerate(scaled):
        top, left = position // across * (height + 1), position % across * (width + 1)
        sheet[top : top + height, left : left + width, :3] = np.round(127.5 + 127.5 * np.clip(image, -1, 1))
        sheet[top : top + height, left : left + width, 3] = 255
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, "PNG")
    return file.getvalue()
