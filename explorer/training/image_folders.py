"""Folders of images, `train/<class>/*` and `test/<class>/*`: decoded once, then mapped."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.images import conversion
from explorer.protocol.errors import Failure
from explorer.protocol.options import decoded_folders, short_digest
from explorer.training.folder_scan import SPLITS, Contents, scan
from explorer.training.report import Progress

DAMAGED = (OSError, ValueError, EOFError)  # what numpy raises where there is no array, or half of one


def stamp(folder: Path) -> tuple[int, ...]:
    """Return what changes as soon as a picture is added, removed or replaced by another file; () if there are none.

    It does not change when something is written into a picture's own file, which only `_key` notices.
    """
    places = sorted(path for split in SPLITS for path in [folder / split, *(folder / split).glob("*/")])
    return tuple(path.stat().st_mtime_ns for path in places) if all(path.is_dir() for path in places) else ()


def at_hand(folder: Path):
    """Return what `load` does if the images have been decoded before, else None."""
    contents = scan(folder)
    kept = _kept(folder, _key(folder, contents.images), contents.images)
    return kept and (contents.classes, *kept, _notice(contents))


def load(folder: Path, progress: Progress):
    """Return classes, training images and labels, test images and labels, and a notice of what was left out or None.

    The arrays are memory-mapped. Raises Failure as `scan` does, and for an image that is damaged or not 32×32.
    """
    contents = scan(folder)
    key = _key(folder, contents.images)
    if kept := _kept(folder, key, contents.images):
        return contents.classes, *kept, _notice(contents)
    for place in decoded_folders(folder):
        temporary = _temporary(place)
        if temporary is None:
            continue
        try:
            _decode(contents.images, temporary, progress)
            for old in place.glob("[0-9a-f]*"):
                shutil.rmtree(old, ignore_errors=True)
            temporary.chmod(0o755)
            temporary.rename(place / key)
        except OSError:
            pass  # a full disk, or another process was quicker
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        if kept := _kept(folder, key, contents.images):
            return contents.classes, *kept, _notice(contents)
    raise Failure("cache", f"the pictures can be kept in none of {', '.join(map(str, decoded_folders(folder)))}")


def _notice(contents: Contents) -> dict | None:
    notice = {"code": "left-out", "count": len(contents.left_out), "first": min(contents.left_out, default="")}
    return notice if contents.left_out else None


def keep_test(folder: Path, key: str, images: np.ndarray, labels: np.ndarray) -> None:
    """Keep test pictures from elsewhere beside those decoded here, if there is room, for who looks at a run."""
    for place in decoded_folders(folder):
        with suppress(*DAMAGED):
            kept = (np.load(place / key / f"test_{what}.npy", allow_pickle=False) for what in ("images", "labels"))
            if all(map(np.array_equal, kept, (images, labels))):
                return
        temporary = _temporary(place)
        if temporary is None:
            continue
        try:
            np.save(temporary / "test_images.npy", images)
            np.save(temporary / "test_labels.npy", labels)
            temporary.chmod(0o755)
            shutil.rmtree(place / key, ignore_errors=True)
            temporary.rename(place / key)
            return
        except OSError:
            continue  # a full disk, or another process was quicker
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _temporary(place: Path) -> Path | None:
    """Make a folder in `place` that is to be renamed when it is whole; None where nothing can be written."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".part-", dir=place))
    except OSError:
        return None


def _kept(folder: Path, key: str, pictures: dict[str, list]) -> list[np.ndarray] | None:
    """Return what has been decoded of these `pictures`, mapped, or None; what a crash or a full disk left is none."""
    for place in decoded_folders(folder):
        with suppress(*DAMAGED):
            return [array for split, entries in pictures.items() for array in _map(place / key, split, entries)]
    return None


def _map(place: Path, split: str, entries: list) -> tuple[np.ndarray, np.ndarray]:
    """Map images and labels copy-on-write: torch warns about what it may not write to."""
    images, labels = (
        np.load(place / f"{split}_{what}.npy", mmap_mode="c", allow_pickle=False) for what in ("images", "labels")
    )
    if images.shape != (len(entries), 32, 32, 3) or images.dtype != np.uint8:
        raise ValueError(f"{place} does not hold the pictures")
    if not np.array_equal(labels, _labels(entries)):
        raise ValueError(f"{place} does not hold the labels")
    return images, labels


def _labels(entries: list) -> np.ndarray:
    return np.array([label for _, label in entries], np.int64)


def _key(folder: Path, pictures: dict[str, list]) -> str:
    """Names, sizes and times of all pictures, and how they are decoded, as a short name for what comes of it."""
    facts = [f"conversion {conversion.VERSION}"]
    for entry, _ in pictures["train"] + pictures["test"]:
        stat = entry.stat()
        facts.append(f"{Path(entry.path).relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return short_digest("\n".join(facts))


def _decode(pictures: dict[str, list], place: Path, progress: Progress) -> None:
    done, total = 0, sum(map(len, pictures.values()))
    for split, entries in pictures.items():
        images = np.empty((len(entries), 32, 32, 3), np.uint8)
        for number, (entry, _) in enumerate(entries):
            images[number] = _picture(entry.path)
            done += 1
            if done % 100 == 0 or done == total:
                progress("decode", done, total)
        np.save(place / f"{split}_images.npy", images)
        np.save(place / f"{split}_labels.npy", _labels(entries))


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
