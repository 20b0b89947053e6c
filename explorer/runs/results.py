"""The test set of a run: labels, the logits at every evaluation, and the images.

The images are not in the run's folder. Photographs are taken from the decoded images of the data folder; drawn shapes
are drawn again from the seed.
"""

import contextlib
import functools
import json
import re
from pathlib import Path

import numpy as np

from explorer.images import shapes
from explorer.protocol import events, options
from explorer.protocol.safe_files import EVENTS, array, last_lines, regular_file, version

EVALUATION = re.compile(r"(\d{4,9})\.npy")
CLASSES = 10
MOST_BYTES = 1 << 20  # of config.json
DRAWN, DRAWN_TEST = 12_000, 2_000  # a run draws so many shapes, and tests on the last so many of them

_load = functools.partial(np.load, allow_pickle=False)


class Results:
    """The results in the folder `path`, written by a run here or elsewhere.

    `config`: the started event; `classes`: their ten names; `labels`: the true classes (n,) of the test images.
    Raises ValueError or OSError for a folder that holds no results.
    """

    def __init__(self, path: Path):
        self.path = path
        self.config = events.checked(_config(path / "config.json") | {"event": "started"})
        self.classes = self.config["classes"] or []
        self.labels = np.array(array(path / "test_labels.npy"))
        fits = self.labels.ndim == 1 and self.labels.size and self.labels.dtype.kind in "iu"
        if len(self.classes) != CLASSES or not fits or not np.isin(self.labels, range(CLASSES)).all():
            raise ValueError(f"{path} holds no ten classes with their labels")

    def evaluations(self) -> list[int]:
        """Return the epochs after which the test set was evaluated; 0 is before the training."""
        found = (EVALUATION.fullmatch(file.name) for file in (self.path / "test_logits").glob("*.npy"))
        return sorted(int(match[1]) for match in found if match)

    def versions(self, epochs: list[int]) -> tuple:
        """Return a value that changes when the labels or the logits after these epochs are written again.

        A resumed run does so for the epochs after its checkpoint.
        """
        labels = version(self.path / "test_labels.npy")
        return tuple((epoch, labels, version(self._file(epoch))) for epoch in epochs)

    def logits(self, epoch: int) -> np.ndarray:
        """Return the logits float64 (n, 10) of all test images after `epoch`; nan where the run diverged."""
        logits = self._mapped(epoch)
        return np.asarray(logits, np.float64)

    def reached(self, epoch: int) -> float:
        """Return how many epochs were over at that evaluation: less than `epoch` if the run ended within it."""
        return min(epoch, self._last.get(epoch, epoch))

    @functools.cached_property
    def _last(self) -> dict[int, float]:
        """The last evaluations, and how many passes through the training images were done by then."""
        found, images = {}, None
        with contextlib.suppress(OSError, ZeroDivisionError):
            for line in last_lines(self.path / EVENTS):
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    event = json.loads(line)
                    if event["event"] == "step":
                        images = int(event["images"])
                    elif event["event"] == "epoch" and images is not None:
                        found[event["epoch"]] = images / self.config["images"]
        return found

    def path_of(self, sample: int, epochs: list[int]) -> np.ndarray:
        """Return the logits float64 (len(epochs), 10) of one test image through the run."""
        path = [self._mapped(epoch)[sample] for epoch in epochs]
        return np.array(path, np.float64).reshape(len(epochs), CLASSES)

    def _file(self, epoch: int) -> Path:
        return self.path / "test_logits" / f"{epoch:04d}.npy"

    def _mapped(self, epoch: int) -> np.ndarray:
        logits = array(self._file(epoch))
        if logits.shape != (len(self.labels), CLASSES) or logits.dtype.kind != "f":
            raise ValueError(f"the logits after epoch {epoch} do not fit the labels")
        return logits

    @functools.cached_property
    def images(self) -> np.ndarray | None:
        """The test images uint8 (n, 32, 32, 3), or None if they are not here.

        Images are those of the run if they agree with its labels and its sample images.
        """
        try:
            own, index = (np.array(array(self.path / f"sample_{what}.npy")) for what in ("images", "index"))
            for images, labels in self._candidates():
                if np.array_equal(labels, self.labels) and np.array_equal(images[index], own):
                    return images
        except (OSError, ValueError, KeyError, IndexError, TypeError, OverflowError):
            pass  # a run recorded without sample images, or a damaged folder
        return None

    def _candidates(self):
        if self.config["dataset"] == "synthetic":
            yield test_shapes(int(self.config["configuration"]["seed"]))
        else:
            yield from decoded(options.data_folder({"data_dir": None}))


def _config(path: Path) -> dict:
    if regular_file(path).stat().st_size > MOST_BYTES:
        raise ValueError(f"{path} holds no run")
    try:
        found = json.loads(path.read_text("utf-8"))
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no run")
    return found


@functools.lru_cache(maxsize=2)
def test_shapes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the shapes on which runs with this seed are tested, and their labels."""
    images, labels = shapes.draw(DRAWN, np.random.default_rng(seed))
    return images[-DRAWN_TEST:].copy(), labels[-DRAWN_TEST:]


def decoded(folder: Path):
    """Yield the test images and labels, memory-mapped, that the training program has decoded from a data folder."""
    for kept in options.decoded_folders(folder):
        for key in sorted(kept.glob("[!.]*")):
            try:
                yield _load(key / "test_images.npy", mmap_mode="r"), _load(key / "test_labels.npy")
            except (OSError, ValueError, EOFError):
                continue
