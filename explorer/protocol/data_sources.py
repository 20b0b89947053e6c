"""Which photographs a data folder holds, found without reading them, for pages that ask before a run begins."""

from contextlib import suppress
from pathlib import Path

from explorer.protocol.options import decoded_folders

# The folder of the images that were decoded from CIFAR-10's official files, and the file that is written to it last.
OFFICIAL, ABOUT = "official", "about.json"
# The official archive, its folder when unpacked, and what the archive's name ends in while it is being downloaded.
ARCHIVE, UNPACKED, PART = "cifar-10-python.tar.gz", "cifar-10-batches-py", ".part"
ARCHIVE_BYTES = 170_498_071


def has_image_folders(folder: Path) -> bool:
    """Whether `folder` has the sub-folders train and test; one may be a link that leads nowhere."""
    return all((folder / split).is_dir() or (folder / split).is_symlink() for split in ("train", "test"))


def bytes_to_fetch(dataset: str, folder: Path) -> int:
    """Return how many bytes of CIFAR-10 a run on `dataset` ("auto", "cifar10" …) downloads before it trains."""
    with suppress(OSError):  # the run itself reports what cannot be read
        if dataset not in ("auto", "cifar10") or (dataset == "auto" and has_image_folders(folder)):
            return 0
        kept = any((decoded / OFFICIAL / ABOUT).is_file() for decoded in decoded_folders(folder))
        if kept or (folder / UNPACKED).is_dir() or (folder / ARCHIVE).is_file():
            return 0
        arrived = folder / (ARCHIVE + PART)
        return max(0, ARCHIVE_BYTES - (arrived.stat().st_size if arrived.is_file() else 0))
    return 0
