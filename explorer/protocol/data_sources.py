"""Which photographs a data folder holds, as far as can be seen without reading them: pages ask before a run begins."""

from contextlib import suppress
from pathlib import Path

from explorer.protocol.options import decoded_folders

OFFICIAL = "official"  # under this key the decoded images of CIFAR-10's official files are kept,
ABOUT = "about.json"  # and with this file they are whole
# The official files, as they are published and as they are unpacked; and as long as they are being fetched.
ARCHIVE, UNPACKED, PART = "cifar-10-python.tar.gz", "cifar-10-batches-py", ".part"
ARCHIVE_BYTES = 170_498_071


def has_image_folders(folder: Path) -> bool:
    """Whether `folder` is laid out as images to train and to test on, though a link in it may lead nowhere."""
    return all((folder / split).is_dir() or (folder / split).is_symlink() for split in ("train", "test"))


def bytes_to_fetch(dataset: str, folder: Path) -> int:
    """Return how many bytes of CIFAR-10 a run on `dataset` ("auto", "cifar10" …) fetches before it trains."""
    with suppress(OSError):  # what cannot be read is told of by the run
        if dataset not in ("auto", "cifar10") or (dataset == "auto" and has_image_folders(folder)):
            return 0
        kept = any((place / OFFICIAL / ABOUT).is_file() for place in decoded_folders(folder))
        if kept or (folder / UNPACKED).is_dir() or (folder / ARCHIVE).is_file():
            return 0
        arrived = folder / (ARCHIVE + PART)
        return max(0, ARCHIVE_BYTES - (arrived.stat().st_size if arrived.is_file() else 0))
    return 0
