"""The official CIFAR-10 files: downloaded, checked, unpickled once, and from then on memory-mapped as arrays.

`decoded_images` keeps 184 MB in the data folder, so that a later start neither downloads nor unpickles anything. A
downloaded archive is deleted once its images are decoded. An archive or an unpacked folder that somebody else has put
there is read and never changed.
"""

import hashlib
import pickle
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.protocol.data_sources import FETCH, OFFICIAL, PART, may_fetch
from explorer.protocol.errors import Failure
from explorer.training import decoded_images, download
from explorer.training.report import Progress

BLOCK = 1 << 20
OTHERS = "official*"  # what is replaced, including the folders of earlier versions
IMAGES = 1000  # reordered and written at a time


def stamp(folder: Path) -> tuple[int, ...]:
    """Return a value that changes with the decoded images; () if there are none."""
    return decoded_images.stamp(folder, OFFICIAL)


def load_decoded(folder: Path) -> decoded_images.Kept | None:
    """Return what `load` returns if the images have been decoded already, else None."""
    return decoded_images.kept(folder, OFFICIAL)


def load(folder: Path, progress: Progress, source=None) -> decoded_images.Kept:
    """Return classes, training images and labels, test images and labels; the images are memory-mapped.

    If need be, they are read from the official files in `folder`, unpacked or as an archive, which are downloaded if
    they are missing. `source` is torchvision.datasets.CIFAR10 or a class like it: its `url`, `filename`,
    `tgz_md5`, `base_folder` and lists of files say what is downloaded, and its checksums. Raises Failure.
    """
    if found := load_decoded(folder):
        return found
    if source is None:
        from torchvision.datasets import CIFAR10 as source
    unpacked, archive = folder / source.base_folder, folder / source.filename
    fetched = folder / (source.filename + PART)  # never renamed: a file without PART is somebody else's
    if _intact(unpacked, source):
        return _keep(folder, lambda place: _decode(unpacked, place, source, progress), progress)
    if _is(archive, source.tgz_md5, progress):
        return _keep_archived(archive, folder, source, progress)
    if not may_fetch():
        raise Failure("no-fetch", f"CIFAR-10 is not in {folder}, and {FETCH} forbids downloading it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with decoded_images.alone(folder / (source.filename + ".lock"), progress):
            if found := load_decoded(folder):  # by the process that held the lock
                return found
            if not _is(fetched, source.tgz_md5):
                download.fetch(source.url, fetched, progress)
                if not _is(fetched, source.tgz_md5, progress):
                    fetched.unlink()
                    message = f"the file from {source.url} does not have the official checksum and was deleted"
                    raise Failure("checksum", message)
            found = _keep_archived(fetched, folder, source, progress)
            fetched.unlink(missing_ok=True)
            return found
    except OSError as error:
        raise Failure("data-dir", f"cannot write to {folder}: {error}") from None


def _keep(folder: Path, write, progress: Progress) -> decoded_images.Kept:
    return decoded_images.keep(folder, OFFICIAL, write, OTHERS, progress)


def _keep_archived(archive: Path, folder: Path, source, progress: Progress) -> decoded_images.Kept:
    def write(place: Path) -> tuple[str, ...]:
        with tempfile.TemporaryDirectory(dir=place) as unpacked:
            _extract(archive, Path(unpacked), source, progress)
            return _decode(Path(unpacked), place, source, progress, last_use=True)

    return _keep(folder, write, progress)


def _checksums(source) -> dict[str, str]:
    """The name and MD5 of every file that is unpickled."""
    return dict([*source.train_list, *source.test_list, (source.meta["filename"], source.meta["md5"])])


def _intact(unpacked: Path, source) -> bool:
    return all(_is(unpacked / name, md5) for name, md5 in _checksums(source).items())


def _is(path: Path, md5: str, progress: Progress | None = None) -> bool:
    """Return whether the file exists and has this checksum."""
    return path.is_file() and _md5(path, progress) == md5


def _md5(path: Path, progress: Progress | None = None) -> str:
    total, done = path.stat().st_size, 0
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            if progress:
                progress("check", done, total)
    return digest.hexdigest()


def _extract(archive: Path, place: Path, source, progress: Progress) -> None:
    """Extract the known files from the archive in one pass, and no others."""
    missing, total = _checksums(source), archive.stat().st_size
    try:
        with archive.open("rb") as packed, tarfile.open(fileobj=packed, mode="r|gz") as tar:
            for member in tar:
                base, _, name = member.name.rpartition("/")
                if base == source.base_folder and member.isreg() and missing.pop(name, None):
                    with tar.extractfile(member) as content, (place / name).open("wb") as file:
                        while block := content.read(BLOCK):
                            file.write(block)
                            progress("extract", packed.tell(), total)
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise Failure("archive", f"{archive} cannot be unpacked: {error}") from None
    if missing:
        raise Failure("archive", f"{archive} does not contain {', '.join(missing)}")


def _decode(unpacked: Path, place: Path, source, progress: Progress, last_use: bool = False) -> tuple[str, ...]:
    """Write the images of the files in `unpacked` to `place`; return the names of the classes.

    last_use: delete each file as soon as it has been read, so that the disk need not hold everything twice.
    """
    total, done = len(source.train_list) + len(source.test_list), 0

    def parts(listed: list) -> Iterator[tuple[np.ndarray, list]]:
        nonlocal done
        for name, md5 in listed:
            batch = _unpickled(unpacked / name, md5)
            if last_use:
                (unpacked / name).unlink()
            planes, labels = batch["data"].reshape(-1, 3, 32, 32), batch["labels"]
            for first in range(0, len(labels), IMAGES):
                some = slice(first, first + IMAGES)
                yield planes[some].transpose(0, 2, 3, 1), labels[some]
            del batch, planes  # to free memory before the next is read
            done += 1
            progress("decode", done, total)

    decoded_images.write_split(place, "train", parts(source.train_list))
    decoded_images.write_split(place, "test", parts(source.test_list))
    meta = _unpickled(unpacked / source.meta["filename"], source.meta["md5"])
    return tuple(meta[source.meta["key"]])


def _unpickled(path: Path, md5: str) -> dict:
    """Unpickle a file; raise Failure, before anything is unpickled, if it is not the official one."""
    if not _is(path, md5):
        raise Failure("checksum", f"{path.name} is not the official file")
    with path.open("rb") as file:
        return pickle.load(file, encoding="latin1")
