"""Which images a data folder holds, found without reading them, for pages that ask before a run begins."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from explorer.protocol.options import decoded_folders

# The folder of the images that were decoded from CIFAR-10's official files, and the file that is written to it last.
OFFICIAL, ABOUT = "official", "about.json"
# The official archive, its folder when unpacked, and what the archive's name ends in while it is being downloaded.
ARCHIVE, UNPACKED, PART = "cifar-10-python.tar.gz", "cifar-10-batches-py", ".part"
ARCHIVE_BYTES = 170_498_071
HOST = "www.cs.toronto.edu"  # where it comes from
FETCH = "EXPLORER_FETCH"

SPLITS = ("train", "test")
TESTED_ON = ("test", "val", "valid", "validation", "dev")  # folders of images to test on: the first that there is
ARRAYS = tuple(f"{split}_{what}.npy" for split in SPLITS for what in ("images", "labels"))  # of decoded images
SUFFIXES = (".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".avif")  # of images
# Files of operating systems and servers, in lower case; names that begin with a dot are ignored as well.
OF_THE_SYSTEM = {
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),  # Windows
    *("__macosx", "icon\r", "network trash folder", "temporary items"),  # macOS
    *("@eadir", "@recycle", "@recently-snapshot", "#recycle", "#snapshot"),  # network storage
    "lost+found",  # Linux
}
# Of images in folders: the fewest of a class, one of them to test on; and how many at most are kept with a run.
FEWEST, MOST_OWN = 5, 4_000


def has_image_folders(folder: Path) -> bool:
    """Whether `folder` has folders of images: train and test, or one for each class; or such images, decoded."""
    place = home_of_classes(folder)
    if is_decoded(folder) or splits(place):
        return True
    if not place.is_dir():
        return False
    return sum(any(map(is_image, files_in(entry.path))) for entry in files_in(place) if entry.is_dir()) > 1


def is_decoded(folder: Path) -> bool:
    """Whether `folder` holds decoded images, as the training program writes them."""
    return all((folder / name).is_file() for name in (ABOUT, *ARRAYS))


def splits(folder: Path) -> dict[str, Path]:
    """Return the folders of the images to train and to test on in `folder`, by `SPLITS`, unless one of them is missing.

    They are called train, and test or another of `TESTED_ON`, in any case. One may be a link that leads nowhere.
    """
    if not folder.is_dir():
        return {}
    found = {each.name.lower(): Path(each.path) for each in files_in(folder) if each.is_dir() or each.is_symlink()}
    tested_on = next((name for name in TESTED_ON if name in found), None)
    return {"train": found["train"], "test": found[tested_on]} if "train" in found and tested_on else {}


def home_of_classes(folder: Path) -> Path:
    """Return where the class folders are: `folder` itself, or its only sub-folder if that one holds folders."""
    with suppress(OSError):
        inside = [entry.path for entry in files_in(folder) if entry.is_dir()]
        if len(inside) == 1 and any(entry.is_dir() for entry in files_in(inside[0])):
            return Path(inside[0])
    return folder


def files_in(folder: str | Path) -> Iterator[os.DirEntry]:
    """Yield what is in a folder, without files of the system. Raises OSError."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name[0] != "." and entry.name.lower() not in OF_THE_SYSTEM:
                yield entry


def is_image(entry: os.DirEntry) -> bool:
    """Whether a file is an image, by its name."""
    return entry.name.lower().endswith(SUFFIXES) and entry.is_file()  # no folder, and no pipe, which would block


def has_official_files(folder: Path) -> bool:
    """Whether CIFAR-10's official files are in `folder`, decoded already, unpacked, or as an archive."""
    kept = any((decoded / OFFICIAL / ABOUT).is_file() for decoded in decoded_folders(folder))
    return kept or (folder / UNPACKED).is_dir() or (folder / ARCHIVE).is_file()


def has_photographs(folder: Path) -> bool:
    """Whether `folder` holds photographs, so that nothing needs to be downloaded."""
    with suppress(OSError):
        return has_image_folders(folder) or has_official_files(folder)
    return False


def may_fetch() -> bool:
    """Whether CIFAR-10 may be downloaded: $EXPLORER_FETCH is yes, the default, or no; raises ValueError otherwise."""
    text = os.environ.get(FETCH, "").strip() or "yes"
    if text not in ("yes", "no"):
        raise ValueError(f"{FETCH} must be yes or no; got {text!r}")
    return text == "yes"


def bytes_to_fetch(dataset: str, folder: Path) -> int:
    """Return how many bytes of CIFAR-10 a run on `dataset` ("auto", "cifar10" …) downloads before it trains."""
    with suppress(OSError):  # the run itself reports what cannot be read
        if dataset not in ("auto", "cifar10") or not may_fetch():
            return 0
        if has_official_files(folder) or (dataset == "auto" and has_image_folders(folder)):
            return 0
        arrived = folder / (ARCHIVE + PART)
        return max(0, ARCHIVE_BYTES - (arrived.stat().st_size if arrived.is_file() else 0))
    return 0
