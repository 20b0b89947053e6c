"""Folders of images, `train/<class>/*` and `test/<class>/*`: decoded once, then mapped."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.images import conversion
from explorer.protocol.errors import Failure
from explorer.protocol.options import short_digest
from explorer.training import decoded_images
from explorer.training.folder_scan import SPLITS, Contents, scan
from explorer.training.report import Progress

OTHERS = "[0-9a-f]*"  # the keys of what was decoded of image folders, of other times too
PART = 100  # images that are decoded before they are written


def stamp(folder: Path) -> tuple[int, ...]:
    """Return what changes as soon as a picture is added, removed or replaced by another file; () if there are none.

    It does not change when something is written into a picture's own file, which only `_key` notices.
    """
    places = sorted(path for split in SPLITS for path in [folder / split, *(folder / split).glob("*/")])
    return tuple(path.stat().st_mtime_ns for path in places) if all(path.is_dir() for path in places) else ()


def at_hand(folder: Path):
    """Return what `load` does if the images have been decoded before, else None."""
    contents = scan(folder)
    found = decoded_images.kept(folder, _key(folder, contents.images))
    return found and (*found, _notice(contents))


def load(folder: Path, progress: Progress):
    """Return classes, training images and labels, test images and labels, and a notice of what was left out or None.

    The arrays are memory-mapped. Raises Failure as `scan` does, and for an image that is damaged or not 32×32.
    """
    contents = scan(folder)
    key = _key(folder, contents.images)

    def write(place: Path) -> tuple[str, ...]:
        for split, parts in _decode(contents.images, progress).items():
            decoded_images.write_split(place, split, parts)
        return contents.classes

    found = decoded_images.kept(folder, key) or decoded_images.keep(folder, key, write, OTHERS, progress)
    return *found, _notice(contents)


def _notice(contents: Contents) -> dict | None:
    notice = {"code": "left-out", "count": len(contents.left_out), "first": min(contents.left_out, default="")}
    return notice if contents.left_out else None


def _key(folder: Path, pictures: dict[str, list]) -> str:
    """Names, sizes and times of all pictures, and how they are decoded, as a short name for what comes of it."""
    facts = [f"conversion {conversion.VERSION}"]
    for entry, _ in pictures["train"] + pictures["test"]:
        stat = entry.stat()
        facts.append(f"{Path(entry.path).relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return short_digest("\n".join(facts))


def _decode(pictures: dict[str, list], progress: Progress) -> dict[str, Iterator]:
    """Return for each split its images and labels, some at a time."""
    total = sum(map(len, pictures.values()))

    def parts(entries: list, before: int) -> Iterator:
        for first in range(0, len(entries), PART):
            some = entries[first : first + PART]
            yield np.array([_picture(entry.path) for entry, _ in some]), [label for _, label in some]
            progress("decode", before + first + len(some), total)

    return {"train": parts(pictures["train"], 0), "test": parts(pictures["test"], len(pictures["train"]))}


def _picture(path: str) -> np.ndarray:
    """Return the pixels of a file, converted as a visitor's own image is."""
    try:
        with Image.open(path, formats=conversion.FORMATS) as image:
            if image.size == (conversion.SIDE, conversion.SIDE):
                return conversion.pixels(conversion.upright(image))
    except MemoryError:
        raise
    except Image.DecompressionBombError as error:
        raise Failure("picture-size", f"{path} is not 32×32 pixels: {error}") from None
    except Exception as error:  # each format has its own ways to fail
        if getattr(error, "errno", None):  # the system's word, not the decoder's
            raise Failure("data-unreadable", f"cannot read {path}: {error.strerror}") from None
        raise Failure("picture-damaged", f"{path} cannot be read as a picture: {error}") from None
    raise Failure("picture-size", f"{path} is {image.width}×{image.height} pixels, not 32×32")
