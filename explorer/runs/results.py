"""The test set of a run: labels, the logits at every evaluation, and the images.

Images of one's own are in the run's folder. Other photographs are found by their content among the decoded images of
the data folder; drawn shapes are drawn again from the seed.
"""

import contextlib
import functools
import json
import re
from pathlib import Path

import numpy as np

from explorer.images import shapes
from explorer.images.twins import fingerprints, twins
from explorer.protocol import events, options
from explorer.protocol.data_sources import ABOUT
from explorer.protocol.safe_files import EVENTS, array, last_lines, regular_file, version

EVALUATION = re.compile(r"(\d{4,9})\.npy")
IMAGES = "test_images.npy"  # of a run on image folders
MOST_BYTES = 1 << 20  # of config.json
UNKNOWN = 128  # the grey of an image that was not found
# What reading a damaged folder raises.
DAMAGED = (OSError, ValueError, KeyError, IndexError, TypeError, OverflowError)

_load = functools.partial(np.load, allow_pickle=False)


class TestImages:
    """A run's test images uint8 (32, 32, 3) by their numbers, from a copy of them; one that is not there is grey.

    `found` (n,): which are there.
    """

    def __init__(self, copy: np.ndarray, places: np.ndarray):
        self._copy, self._places = copy, places
        self.found = places >= 0

    def __getitem__(self, numbers) -> np.ndarray:
        """Return the image with this number, or the images with these: (…, 32, 32, 3)."""
        places = self._places[numbers]
        images = np.array(self._copy[places])
        images[places < 0] = UNKNOWN
        return images


class Results:
    """The results in the folder `path`, written by a run here or elsewhere.

    `config`: the started event; `classes`: their K names; `labels`: the true classes (n,) of the test images.
    Raises ValueError or OSError for a folder that holds no results.
    """

    def __init__(self, path: Path):
        self.path = path
        self.config = events.checked(_config(path / "config.json") | {"event": "started"})
        self.classes = self.config["classes"] or []
        self.labels = np.array(array(path / "test_labels.npy"))
        fits = self.labels.ndim == 1 and self.labels.size and self.labels.dtype.kind in "iu"
        if not self.classes or not fits or not np.isin(self.labels, range(len(self.classes))).all():
            raise ValueError(f"{path} holds no classes with their labels")

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
        """Return the logits float64 (n, K) of all test images after `epoch`; nan where the run diverged."""
        logits = self._mapped(epoch)
        return np.asarray(logits, np.float64)

    def reached(self, epoch: int) -> float:
        """Return how many epochs were over at that evaluation: less than `epoch` if the run ended within it.

        Epochs that skip images are shorter by an amount that is not known; they count as whole.
        """
        passed = self._last.get(epoch, epoch)
        return passed if epoch - 1 < passed < epoch else epoch

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
        """Return the logits float64 (len(epochs), K) of one test image through the run."""
        path = [self._mapped(epoch)[sample] for epoch in epochs]
        return np.array(path, np.float64).reshape(len(epochs), len(self.classes))

    def _file(self, epoch: int) -> Path:
        return self.path / "test_logits" / f"{epoch:04d}.npy"

    def _mapped(self, epoch: int) -> np.ndarray:
        logits = array(self._file(epoch))
        if logits.shape != (len(self.labels), len(self.classes)) or logits.dtype.kind != "f":
            raise ValueError(f"the logits after epoch {epoch} do not fit the labels")
        return logits

    @property
    def has_own_images(self) -> bool:
        """Whether the run has its test images with it, so that no other copy of them is needed."""
        return (self.path / IMAGES).is_file()

    @functools.cached_property
    def images(self) -> TestImages | None:
        """The test images: the run's own, else from the copy that has most of them; None if no copy has any."""
        with contextlib.suppress(*DAMAGED):
            own = array(self.path / IMAGES)
            if own.shape == (len(self.labels), 32, 32, 3) and own.dtype == np.uint8:
                return TestImages(own, np.arange(len(own)))
        found = []
        own = _versions(self.path, ("test_labels", "fingerprints", "sample_index", "sample_images"))
        for copy in self._copies():
            with contextlib.suppress(*DAMAGED):
                found.append(TestImages(_copy(copy)[0], _places(self.path, own, copy, _version_of(copy))))
        best = max(found, key=lambda images: images.found.sum(), default=None)
        return best if best and best.found.any() else None

    def _copies(self) -> "list[Path | int]":
        """Return where images like those of the run are: folders of decoded images, or the seed of drawn shapes."""
        if self.config["dataset"] != "synthetic":
            return decoded(options.data_folder({"data_dir": None}))
        with contextlib.suppress(*DAMAGED):
            return [int(self.config["configuration"]["seed"])]
        return []


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
    *_, images, labels = shapes.data_set(seed)
    return images.copy(), labels  # without those to train on, of which they are a view


def decoded(folder: Path) -> list[Path]:
    """Return the folders of the images that the training program has decoded from a data folder."""
    kept = [key for place in options.decoded_folders(folder) for key in sorted(place.glob("[!.]*"))]
    return [key for key in kept if (key / ABOUT).is_file()]


def _copy(copy: Path | int) -> tuple[np.ndarray, np.ndarray]:
    """Return the test images and labels of decoded images, memory-mapped, or of the shapes of a seed."""
    if isinstance(copy, int):
        return test_shapes(copy)
    return _load(copy / "test_images.npy", mmap_mode="r"), _load(copy / "test_labels.npy")


def _version_of(copy: Path | int) -> tuple:
    return () if isinstance(copy, int) else version(copy / ABOUT)


def _versions(folder: Path, names: tuple[str, ...]) -> tuple:
    """Return a value that changes when one of these arrays is written anew, appears or goes."""
    return tuple(version(folder / f"{name}.npy") if (folder / f"{name}.npy").is_file() else None for name in names)


@functools.lru_cache(maxsize=64)
def _places(run: Path, own: tuple, copy: Path | int, theirs: tuple) -> np.ndarray:
    """Return the place in a copy of each test image of a run, -1 for those that are not there beyond doubt.

    `own` and `theirs`: the versions of the files, for the cache. A run without fingerprints was made by an earlier
    version, which stored sample images alone: its images are those of a copy in the same order.
    """
    labels, (images, their_labels) = np.array(array(run / "test_labels.npy")), _copy(copy)
    if (run / "fingerprints.npy").exists():
        return twins(np.array(array(run / "fingerprints.npy")), labels, _fingerprints(copy, theirs), their_labels)
    samples, index = (np.array(array(run / f"sample_{what}.npy")) for what in ("images", "index"))
    same = np.array_equal(labels, their_labels) and np.array_equal(images[index], samples)
    return np.arange(len(labels)) if same else np.full(len(labels), -1)


@functools.lru_cache(maxsize=8)
def _fingerprints(copy: Path | int, version: tuple) -> np.ndarray:
    return fingerprints(_copy(copy)[0])
