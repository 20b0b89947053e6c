"""The images to train on: ten classes at 32×32, as uint8 arrays, from any of the sources."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from explorer.protocol.data_sources import bytes_to_fetch, has_image_folders
from explorer.protocol.errors import NOTICES, Failure, known
from explorer.protocol.options import data_folder
from explorer.protocol.recipes import GENERAL
from explorer.protocol.redact import without_paths
from explorer.training import cifar10, image_folders, synthetic
from explorer.training.report import Progress

SOURCES = {"folder": image_folders, "cifar10": cifar10}


@dataclass(frozen=True)
class Dataset:
    """Pictures uint8 (n, 32, 32, 3), labels int64 (n,), and the names of the ten classes.

    `kind`: the source, "cifar10", "folder" or "synthetic"; `notice`: why drawn shapes are used instead of
    photographs, or what was left out of a folder.
    """

    kind: str
    classes: tuple[str, ...]
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    notice: dict | None = None

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
    if settings["train_size"] is not None:
        dataset = _fewer(dataset, settings["train_size"], settings["seed"])
    if settings["shuffle_labels"]:
        shuffled = np.random.default_rng(settings["seed"]).permutation(dataset.train_labels)
        dataset = replace(dataset, train_labels=shuffled)
    return dataset


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
    if bytes_to_fetch("auto", folder):
        _shapes_of_seed[GENERAL["seed"]] = _shapes(GENERAL["seed"], progress)


def _automatic(folder: Path, seed: int, progress: Progress) -> Dataset:
    """Image folders if there are any, else CIFAR-10, found or downloaded, else drawn shapes."""
    if has_image_folders(folder):
        return _photographs("folder", folder, progress)
    try:
        return _photographs("cifar10", folder, progress)
    except Failure as failure:
        notice = {"code": "synthetic-instead", "reason": failure.code, "message": without_paths(str(failure), folder)}
        return replace(_shapes(seed, progress), notice=notice)


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
