"""Finds the images of each class in a data folder, and the files that are left out."""

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from explorer.protocol.data_sources import FEWEST, SPLITS, SUFFIXES, files_in, home_of_classes, is_image, splits
from explorer.protocol.errors import Failure
from explorer.protocol.events import COUNTS
from explorer.protocol.json_numbers import readable

NAMED = 12  # names in a message, at most


@dataclass(frozen=True)
class Contents:
    """The names of the classes, the images of each split with their labels, and the paths of what is left out.

    Without folders train and test, all images are in "train". The path of a folder that is left out ends in a slash;
    its contents are not listed.
    """

    classes: tuple[str, ...]
    images: dict[str, list[tuple[os.DirEntry, int]]]
    left_out: list[str]


def scan(folder: Path) -> Contents:
    """Scan `folder`: train/<class>/* and test/<class>/*, or <class>/*; classes and images are sorted by name.

    Where there is but one folder, it is looked into. Without test, another of `TESTED_ON` stands for it. Class names
    that differ only in the Unicode form of their accents are the same. Raises Failure if the layout is wrong, if
    training and test do not have the same classes, two to ten, if two names differ in their case alone, or if a class
    has too few images.
    """
    home = home_of_classes(folder)
    separate = splits(home)
    places = separate or {"train": home}
    if not folder.is_dir() or not any(entry.is_dir() or entry.is_symlink() for entry in _sorted(home)):
        raise Failure("folder-missing", f"{folder} contains no folders with images")
    folders: dict[str, dict[str, list[str]]] = {split: {} for split in places}
    images: dict[str, list[tuple[os.DirEntry, int]]] = {split: [] for split in SPLITS}
    left_out = [entry for entry in _sorted(folder) if home != folder and not entry.is_dir()]
    if separate:
        left_out += [entry for entry in _sorted(home) if Path(entry.path) not in places.values()]
    for split, place in places.items():
        _refuse_dead_link(place)
        for entry in _sorted(place):
            _refuse_dead_link(Path(entry.path))
            if entry.is_dir():
                name = unicodedata.normalize("NFC", readable(entry.name))
                folders[split].setdefault(name, []).append(entry.path)
            else:
                left_out.append(entry)
    _check_names(places, folders)
    classes = tuple(sorted(folders["train"]))
    for split in places:
        for label, name in enumerate(classes):
            before = len(images[split])
            for entry in (entry for path in folders[split][name] for entry in _sorted(path)):
                if entry.is_symlink() and entry.name.lower().endswith(SUFFIXES):
                    _refuse_dead_link(Path(entry.path))
                if is_image(entry):
                    images[split].append((entry, label))
                else:
                    left_out.append(entry)
            if len(images[split]) == before:
                message = f"{folders[split][name][0]} contains no image ({', '.join(SUFFIXES)})"
                raise Failure("class-empty", message, name=name)
    counts = [label for split in places for _, label in images[split]]
    for label, name in enumerate(classes):
        if (count := counts.count(label)) < FEWEST:
            message = f"'{name}' has {count} images; each class needs at least {FEWEST}"
            raise Failure("class-few", message, name=name, count=count, least=FEWEST)
    return Contents(classes, images, [_path(folder, entry) for entry in left_out])


def _sorted(folder: str | Path) -> list[os.DirEntry]:
    """Return what is in a folder, sorted by name, without files of the system."""
    return sorted(files_in(folder), key=lambda entry: entry.name)


def _refuse_dead_link(path: Path) -> None:
    if path.is_symlink() and not path.exists():
        raise Failure("link", f"{path} is a link to a file that does not exist")


def _check_names(places: dict[str, Path], folders: dict[str, dict[str, list[str]]]) -> None:
    """Raise Failure unless all splits have the same classes, two to ten; the message names those that differ."""
    train, test = folders["train"].keys(), folders.get("test", folders["train"]).keys()
    differing = [
        f"{places[split]} lacks {_listed(missing)}"
        for split, missing in (("test", train - test), ("train", test - train))
        if missing
    ]
    if len(train) not in COUNTS:
        count = f"{places['train']} contains {len(train)} classes, not {COUNTS[0]} to {COUNTS[-1]}"
        count += f" ({_listed(train)})" if train else ""
        raise Failure("class-count", "; ".join([count, *differing]), count=len(train))
    if differing:
        raise Failure("class-names", "; ".join(differing), name=_listed(train ^ test))
    alike = {}
    for name in sorted(train):
        if (other := alike.setdefault(name.casefold(), name)) != name:
            message = f"the names of the classes '{other}' and '{name}' differ in their case alone"
            raise Failure("class-case", message, name=f"{other}, {name}")


def _listed(names: Iterable[str]) -> str:
    """Some names in quotes, and how many more there are."""
    names = sorted(names)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(f"'{name}'" for name in names[:NAMED]) + more


def _path(folder: Path, entry: os.DirEntry) -> str:
    path = Path(entry.path)
    return path.relative_to(folder).as_posix() + ("/" if path.is_dir() else "")
