"""Folders of images, `train/<class>/*` and `test/<class>/*` or `<class>/*`: decoded once, then mapped.

A folder may also hold the decoded images themselves, as `decoded_images` writes them.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.images import conversion
from explorer.protocol.data_sources import has_image_folders, home_of_classes, is_decoded, splits
from explorer.protocol.errors import Failure
from explorer.protocol.options import short_digest
from explorer.training import decoded_images
from explorer.training.folder_scan import Contents, scan
from explorer.training.report import Progress

OTHERS = "[0-9a-f]*"  # the keys of all decoded image folders, including earlier ones
PART = 100  # images that are decoded and written at a time


def stamp(folder: Path) -> tuple[int, ...]:
    """Return a value that changes when an image is added, removed or replaced by another file; () if there are none.

    It does not change when a file is overwritten in place, which only `_key` notices.
    """
    if not has_image_folders(folder):
        return ()
    home = home_of_classes(folder)
    of_classes = (path for place in splits(home).values() for path in place.glob("*/"))
    folders = [home, *sorted(home.glob("*/")), *sorted(of_classes)]
    return tuple(path.stat().st_mtime_ns for path in folders)


def load_decoded(folder: Path):
    """Return what `load` returns if the images have been decoded already, else None."""
    if is_decoded(folder):
        return _decoded(folder)
    contents = scan(folder)
    found = decoded_images.kept(folder, _key(folder, contents.images))
    return found and (*found, _notice(contents))


def load(folder: Path, progress: Progress):
    """Return classes, training images and labels, test images and labels, and a notice of what was left out or None.

    The arrays are memory-mapped; without folders train and test, all images are in the first two. Raises Failure as
    `scan` does, and for an image that is damaged or too large.
    """
    if is_decoded(folder):
        return _decoded(folder)
    contents = scan(folder)
    key = _key(folder, contents.images)

    def write(place: Path) -> tuple[str, ...]:
        for split, parts in _decode(contents.images, progress).items():
            decoded_images.write_split(place, split, parts)
        return contents.classes

    found = decoded_images.kept(folder, key) or decoded_images.keep(folder, key, write, OTHERS, progress)
    return *found, _notice(contents)


def _decoded(folder: Path):
    """Return what `load` returns for a folder that holds the decoded images themselves."""
    try:
        return *decoded_images.read(folder), None
    except decoded_images.DAMAGED as error:
        raise Failure("data-unreadable", f"cannot read the decoded images in {folder}: {error}") from None


def _notice(contents: Contents) -> dict | None:
    notice = {"code": "left-out", "count": len(contents.left_out), "first": min(contents.left_out, default="")}
    return notice if contents.left_out else None


def _key(folder: Path, images: dict[str, list]) -> str:
    """Return a short name for the decoded images, from the names, sizes and times of all files and the conversion."""
    facts = [f"conversion {conversion.VERSION}"]
    for entry, _ in images["train"] + images["test"]:
        stat = entry.stat()
        facts.append(f"{Path(entry.path).relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return short_digest("\n".join(facts))


def _decode(images: dict[str, list], progress: Progress) -> dict[str, Iterator]:
    """Return for each split its images and labels, some at a time."""
    total = sum(map(len, images.values()))

    def parts(entries: list, before: int) -> Iterator:
        for first in range(0, len(entries), PART):
            some = entries[first : first + PART]
            yield np.array([_pixels(entry.path) for entry, _ in some]), [label for _, label in some]
            progress("decode", before + first + len(some), total)

    return {"train": parts(images["train"], 0), "test": parts(images["test"], len(images["train"]))}


def _pixels(path: str) -> np.ndarray:
    """Return the pixels of an image file, converted in the same way as a visitor's image."""
    name = "/".join(Path(path).parts[-2:])
    try:
        with Image.open(path, formats=conversion.FORMATS) as image:
            if image.width * image.height <= conversion.MOST_PIXELS:
                return conversion.pixels(conversion.upright(image))
    except MemoryError:
        raise
    except Image.DecompressionBombError as error:
        raise Failure("picture-size", f"{path} is too large: {error}", name=name) from None
    except Exception as error:  # the decoders raise errors of many types
        if getattr(error, "errno", None):  # an error of the system, not of the decoder
            raise Failure("data-unreadable", f"cannot read {path}: {error.strerror}") from None
        raise Failure("picture-damaged", f"{path} cannot be read as an image: {error}", name=name) from None
    message = f"{path} is {image.width}×{image.height} pixels, more than {conversion.MOST_PIXELS:,}"
    raise Failure("picture-size", message, name=name)
