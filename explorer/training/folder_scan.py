"""Finds the images of each class in a data folder, and the files that are left out."""

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
NAMED = 12  # names in a message, at most
# Files of operating systems and servers, in lower case; names that begin with a dot are ignored as well.
OF_THE_SYSTEM = {
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),  # Windows
    *("__macosx", "icon\r", "network trash folder", "temporary items"),  # macOS
    *("@eadir", "@recycle", "@recently-snapshot", "#recycle", "#snapshot"),  # network storage
    "lost+found",  # Linux
}


@dataclass(frozen=True)
class Contents:
    """The names of the ten classes, the images of each split with their labels, and the paths of what is left out.

    The path of a folder that is left out ends in a slash; its contents are not listed.
    """

    classes: tuple[str, ...]
    images: dict[str, list[tuple[os.DirEntry, int]]]
    left_out: list[str]


def scan(folder: Path) -> Contents:
    """Scan `folder`; classes and images are sorted by name.

    Class names that differ only in the Unicode form of their accents are the same. Raises Failure if the layout is
    wrong, if training and test do not have the same ten classes, or if a class has no images.
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
            for entry in (entry for path in folders[split][name] for entry in _entries(path)):
                if _is_image(entry):
                    images[split].append((entry, label))
                else:
                    left_out.append(entry)
            if len(images[split]) == before:
                raise Failure("class-empty", f"{folders[split][name][0]} holds no image ({', '.join(SUFFIXES)})")
    return Contents(classes, images, [_path(folder, entry) for entry in left_out])


def _entries(folder: str | Path) -> list[os.DirEntry]:
    """Return what is in a folder, sorted by name, without files of the system."""
    with os.scandir(folder) as entries:
        ours = (entry for entry in entries if entry.name[0] != "." and entry.name.lower() not in OF_THE_SYSTEM)
        return sorted(ours, key=lambda entry: entry.name)


def _is_image(entry: os.DirEntry) -> bool:
    """Whether a file is an image, by its name."""
    if not entry.name.lower().endswith(SUFFIXES):
        return False
    if entry.is_symlink():
        _refuse_dead_link(Path(entry.path))
    return entry.is_file()  # no folder, and no pipe, which would block for ever


def _refuse_dead_link(path: Path) -> None:
    if path.is_symlink() and not path.exists():
        raise Failure("link", f"{path} is a link to a file that does not exist")


def _check(folder: Path, folders: dict[str, dict[str, list[str]]]) -> None:
    """Raise Failure unless both splits have the same ten classes; the message names those that differ."""
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
    """Some names in quotes, and how many more there are."""
    names = sorted(names)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(f"'{name}'" for name in names[:NAMED]) + more


def _path(folder: Path, entry: os.DirEntry) -> str:
    path = Path(entry.path)
    return path.relative_to(folder).as_posix() + ("/" if path.is_dir() else "")
