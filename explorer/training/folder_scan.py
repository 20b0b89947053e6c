"""What lies in a data folder: which of its files are the images of which class, and what is left out."""

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from explorer.images.conversion import SUFFIXES
from explorer.protocol.data_sources import has_image_folders
from explorer.protocol.errors import Failure
from explorer.protocol.json_numbers import readable

SPLITS = ("train", "test")
CLASSES = 10
NAMED = 12  # names in a message at most
# What systems and their servers put among everybody's files, in lower case; and whatever begins with a dot.
OF_THE_SYSTEM = {
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),  # Windows
    *("__macosx", "icon\r", "network trash folder", "temporary items"),  # macOS
    *("@eadir", "@recycle", "@recently-snapshot", "#recycle", "#snapshot"),  # network storage
    "lost+found",  # Linux
}


@dataclass(frozen=True)
class Contents:
    """The names of the ten classes; of each split the images, each with its label; the paths of what is left out.

    Of a folder that is left out only its own path is there, with a slash at the end.
    """

    classes: tuple[str, ...]
    images: dict[str, list[tuple[os.DirEntry, int]]]
    left_out: list[str]


def scan(folder: Path) -> Contents:
    """Look through `folder`; classes and images come in the order of their names.

    Names of classes that differ only in how their accents are encoded are the same. Raises Failure if the folder is not
    laid out so, has not the same ten classes for training and for test, or a class without images.
    """
    if not has_image_folders(folder):
        raise Failure("folder-missing", f"{folder} has no train and test folders of images")
    folders: dict[str, dict[str, list[str]]] = {split: {} for split in SPLITS}
    images: dict[str, list[tuple[os.DirEntry, int]]] = {split: [] for split in SPLITS}
    left_out = []
    for split in SPLITS:
        _refuse_dead_link(folder / split)
        for entry in _entries(folder / split):
            _refuse_dead_link(Path(entry.path))
            if entry.is_dir():
                name = unicodedata.normalize("NFC", readable(entry.name))
                folders[split].setdefault(name, []).append(entry.path)
            else:
                left_out.append(entry)
    _check(folder, folders)
    classes = tuple(sorted(folders["train"]))
    for split in SPLITS:
        for label, name in enumerate(classes):
            before = len(images[split])
            for entry in (entry for place in folders[split][name] for entry in _entries(place)):
                if _is_image(entry):
                    images[split].append((entry, label))
                else:
                    left_out.append(entry)
            if len(images[split]) == before:
                raise Failure("class-empty", f"{folders[split][name][0]} holds no image ({', '.join(SUFFIXES)})")
    return Contents(classes, images, [_path(folder, entry) for entry in left_out])


def _entries(place: str | Path) -> list[os.DirEntry]:
    """What lies in a folder, by name, without what is the system's."""
    with os.scandir(place) as entries:
        ours = (entry for entry in entries if entry.name[0] != "." and entry.name.lower() not in OF_THE_SYSTEM)
        return sorted(ours, key=lambda entry: entry.name)


def _is_image(entry: os.DirEntry) -> bool:
    """Whether a file is an image by its name."""
    if not entry.name.lower().endswith(SUFFIXES):
        return False
    if entry.is_symlink():
        _refuse_dead_link(Path(entry.path))
    return entry.is_file()  # no folder, and no pipe that one would wait at for ever


def _refuse_dead_link(path: Path) -> None:
    if path.is_symlink() and not path.exists():
        raise Failure("link", f"{path} is a link to what is not there")


def _check(folder: Path, folders: dict[str, dict[str, list[str]]]) -> None:
    """Raise Failure unless there are the same ten classes in both splits; it names those that differ."""
    train, test = (folders[split].keys() for split in SPLITS)
    differing = [
        f"{folder / split} lacks {_listed(missing)}"
        for split, missing in (("test", train - test), ("train", test - train))
        if missing
    ]
    if len(train) != CLASSES:
        count = f"{folder / 'train'} holds {len(train)} classes, not ten{f' ({_listed(train)})' if train else ''}"
        raise Failure("class-count", "; ".join([count, *differing]))
    if differing:
        raise Failure("class-names", "; ".join(differing))


def _listed(names: Iterable[str]) -> str:
    """Some names in quotes, and how many there are beside them."""
    names = sorted(names)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(f"'{name}'" for name in names[:NAMED]) + more


def _path(folder: Path, entry: os.DirEntry) -> str:
    path = Path(entry.path)
    return path.relative_to(folder).as_posix() + ("/" if path.is_dir() else "")
