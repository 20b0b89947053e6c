"""The images to train on: two to ten classes at 32×32, as uint8 arrays, from any of the sources."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from explorer.protocol.data_sources import has_image_folders, has_photographs
from explorer.protocol.errors import NOTICES, Failure, known
from explorer.protocol.options import data_folder
from explorer.protocol.recipes import GENERAL
from explorer.protocol.redact import without_paths
from explorer.training import cifar10, image_folders, synthetic
from explorer.training.report import Progress

HELD_OUT = 5  # one in so many images
SOURCES = {"folder": image_folders, "cifar10": cifar10}


@dataclass(frozen=True)
class Dataset:
    """Pictures uint8 (n, 32, 32, 3), labels int64 (n,), and the names of the classes.

    `kind`: the source, "cifar10", "folder" or "synthetic"; `notice`: why drawn shapes are used instead of
    photographs, or what was left out of a folder; `held_out`: whether the test images were among the others.
    """

    kind: str
    classes: tuple[str, ...]
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    notice: dict | None = None
    held_out: bool = False

    def __post_init__(self):
        if self.notice:
            known(self.notice["code"], NOTICES)


# What `preload` has loaded, by kind and folder, with the stamp by which it is seen to be unchanged.
_preloaded: dict[tuple[str, Path], tuple[object, Dataset]] = {}
_shapes_of_seed: dict[int, Dataset] = {}


def load(settings: dict[str, object], progress: Progress) -> Dataset:
    """Load the data that `settings` name; raise Failure if that is not possible."""
    folder = data_folder(settings)
    try:
        dataset = _whole(settings["dataset"], folder, settings["seed"], progress)
    except OSError as error:
        raise Failure("data-unreadable", f"cannot read the images in {folder}: {error}") from None
    if not len(dataset.test_labels):
        dataset = _split(dataset, settings["seed"])
    if settings["train_size"] is not None:
        dataset = _fewer(dataset, settings["train_size"], settings["seed"])
    if settings["shuffle_labels"]:
        shuffled = np.random.default_rng(settings["seed"]).permutation(dataset.train_labels)
        dataset = replace(dataset, train_labels=shuffled)
    return dataset


def photographs(choice: str, folder: Path, progress: Progress) -> Dataset:
    """Load the images of a data folder; "auto": whichever there are; CIFAR-10 is downloaded where there are none."""
    if choice in SOURCES:
        return _photographs(choice, folder, progress)
    return _photographs("folder" if has_image_folders(folder) else "cifar10", folder, progress)


def _whole(choice: str, folder: Path, seed: int, progress: Progress) -> Dataset:
    if choice == "auto":
        return _automatic(folder, seed, progress)
    if choice in SOURCES:
        return _photographs(choice, folder, progress)
    return _shapes(seed, progress)


def _photographs(kind: str, folder: Path, progress: Progress) -> Dataset:
    stamp, dataset = _preloaded.get((kind, folder), (None, None))
    if dataset and stamp == SOURCES[kind].stamp(folder):
        return dataset
    return Dataset(kind, *SOURCES[kind].load(folder, progress))


def _shapes(seed: int, progress: Progress) -> Dataset:
    return _shapes_of_seed.get(seed) or Dataset("synthetic", *synthetic.load(seed, progress))


def preload(progress: Progress) -> None:
    """Map the decoded images of the default data folder; draw shapes if there are no photographs."""
    folder = data_folder({"data_dir": None})
    for kind, source in SOURCES.items():
        if (stamp := source.stamp(folder)) and (found := source.load_decoded(folder)):
            _preloaded[kind, folder] = stamp, Dataset(kind, *found)
    if not has_photographs(folder):
        _shapes_of_seed[GENERAL["seed"]] = _shapes(GENERAL["seed"], progress)


def _automatic(folder: Path, seed: int, progress: Progress) -> Dataset:
    """Image folders if there are any, else CIFAR-10, found or downloaded, else drawn shapes."""
    try:
        return photographs("auto", folder, progress)
    except Failure as failure:
        if has_image_folders(folder):
            raise
        notice = {"code": "synthetic-instead", "reason": failure.code, "message": without_paths(str(failure), folder)}
        return replace(_shapes(seed, progress), notice=notice)


def _split(dataset: Dataset, seed: int) -> Dataset:
    """Hold out a fifth of each class, rounded down, to test on, drawn by the seed: each has five images at least."""
    labels = np.asarray(dataset.train_labels)
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    of_classes = [shuffled[labels[shuffled] == label] for label in range(len(dataset.classes))]
    parts = [(own[len(own) // HELD_OUT :], own[: len(own) // HELD_OUT]) for own in of_classes]
    train, test = (np.sort(np.concatenate(part)) for part in zip(*parts, strict=True))
    images = dataset.train_images
    return replace(
        dataset,
        train_images=images[train],
        train_labels=labels[train],
        test_images=images[test],
        test_labels=labels[test],
        held_out=True,
    )


def _fewer(dataset: Dataset, size: int, seed: int) -> Dataset:
    """Keep a random sample of `size` training images, as evenly from the classes as possible."""
    labels = np.asarray(dataset.train_labels)
    if size > len(labels):
        raise Failure("train-size", f"there are only {len(labels)} training images, not {size}")
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    first = np.searchsorted(labels[by_class], np.arange(len(dataset.classes)))
    rank_in_class = np.arange(len(labels)) - first[labels[by_class]]
    kept = by_class[np.argsort(rank_in_class, kind="stable")[:size]]
    return replace(dataset, train_images=dataset.train_images[kept], train_labels=labels[kept])
