"""The official CIFAR-10 files: downloaded, checked, and only then unpickled."""

import errno
import hashlib
import http.client
import tarfile
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from explorer.protocol.errors import Failure
from explorer.training import image_folders
from explorer.training.report import Progress

TRIES = 3
PAUSE = 2.0  # seconds between tries
TIMEOUT = 10.0  # seconds without a byte
BLOCK = 1 << 16
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # what a full disk answers, and no network
TEST = "official-test"  # where the test pictures are kept as plain arrays: the server opens no pickle

try:
    import fcntl
except ImportError:  # not on Windows, where two runs must not download at the same time
    fcntl = None


def stamp(folder: Path) -> tuple[int, ...]:
    """Return what changes with the unpacked files; () if there are none."""
    return tuple(path.stat().st_mtime_ns for path in sorted(folder.glob("cifar-10-batches-py/*")))


def at_hand(folder: Path):
    """Return what `load` does if the official files are there, else None."""
    from torchvision.datasets import CIFAR10 as source

    return _read(folder, source) if _intact(folder, source) else None


def load(folder: Path, progress: Progress, source=None):
    """Return classes, training pictures and labels, test pictures and labels of the official files.

    They are downloaded to `folder` if they are not there. `source` is torchvision.datasets.CIFAR10 or a class
    like it: its `url`, `filename`, `tgz_md5`, `base_folder` and lists of files say what is downloaded and
    which checksums it must have. Raises Failure.
    """
    if source is None:
        from torchvision.datasets import CIFAR10 as source
    if not _intact(folder, source):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _alone(folder / (source.filename + ".lock"), progress):
                _obtain(folder, progress, source)
        except OSError as error:
            raise Failure("data-dir", f"cannot write to {folder}: {error}") from None
    return _read(folder, source)


def _read(folder: Path, source):
    # Both check every file's MD5 themselves before they unpickle it.
    train, test = source(folder, train=True), source(folder, train=False)
    arrays = [
        np.ascontiguousarray(train.data),
        np.array(train.targets, np.int64),
        np.ascontiguousarray(test.data),
        np.array(test.targets, np.int64),
    ]
    image_folders.keep_test(folder, TEST, *arrays[2:])
    return tuple(train.classes), *arrays


@contextmanager
def _alone(lock: Path, progress: Progress):
    """Wait until no other process is downloading to the same place; a lock ends with its process."""
    with lock.open("w") as file:
        while fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                progress("wait", 0, None)
                progress.control.sleep(0.5)
        yield


def _obtain(folder: Path, progress: Progress, source) -> None:
    """Download and unpack what is missing (another process may just have done so)."""
    if _intact(folder, source):
        return
    archive = folder / source.filename
    if not (archive.is_file() and _md5(archive, progress) == source.tgz_md5):
        download(source.url, archive, source.tgz_md5, progress)
    _extract(archive, folder, source, progress)


def _members(source) -> list[tuple[str, str]]:
    """Path and MD5 of every file that is unpickled."""
    listed = [*source.train_list, *source.test_list, (source.meta["filename"], source.meta["md5"])]
    return [(f"{source.base_folder}/{name}", md5) for name, md5 in listed]


def _intact(folder: Path, source) -> bool:
    return all((folder / name).is_file() and _md5(folder / name) == md5 for name, md5 in _members(source))


def _md5(path: Path, progress: Progress | None = None) -> str:
    total, done = path.stat().st_size, 0
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            done += len(block)
            if progress:
                progress("check", done, total)
    return digest.hexdigest()


def _extract(archive: Path, folder: Path, source, progress: Progress) -> None:
    """Take out of the archive the files that are known, and no other."""
    (folder / source.base_folder).mkdir(exist_ok=True)
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = _members(source)
            for done, (name, md5) in enumerate(members, start=1):
                content = tar.extractfile(name).read()
                if hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
                    raise Failure("checksum", f"{name} in {archive} is not the official file")
                temporary = folder / (name + ".part")
                temporary.write_bytes(content)
                temporary.replace(folder / name)
                progress("extract", done, len(members))
    except (tarfile.TarError, KeyError, EOFError) as error:
        raise Failure("archive", f"{archive} cannot be unpacked: {error}") from None


def download(url: str, place: Path, md5: str, progress: Progress) -> None:
    """Fetch `url` to `place`, going on where an earlier try ended; `place` appears only with the right MD5.

    Raises Failure: "download-page" if a web page comes instead (a proxy's, say), "checksum" if the content is
    not the official one, "download" if the network fails three times; OSError where the disk is full.
    """
    part = place.with_name(place.name + ".part")
    for attempt in range(TRIES):
        if attempt:
            progress.control.sleep(PAUSE)
        try:
            _fetch(url, part, progress)
            break
        except (OSError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) in FULL:
                raise
            reason = error
    else:
        raise Failure("download", f"{url} could not be fetched in {TRIES} tries: {reason}")
    if _md5(part, progress) != md5:
        part.unlink()
        raise Failure("checksum", f"what came from {url} has not the official checksum and was removed")
    part.replace(place)


def _fetch(url: str, part: Path, progress: Progress) -> None:
    """Append to `part` what is missing; raise OSError or HTTPException if the connection ends early."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        if error.headers.get("Content-Range") == f"bytes */{have}":
            return  # it was complete already
        part.unlink()
        raise
    with response:
        if response.headers.get_content_type() == "text/html":
            raise Failure("download-page", f"{url} answered with a web page; is there a proxy or a login page?")
        start = 0
        if response.status == 206:
            if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                raise ConnectionError(f"asked for what follows {have} bytes, got something else")
            start = have
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        with part.open("r+b" if part.exists() else "wb") as file:
            file.truncate(start)
            file.seek(start)
            while block := response.read1(BLOCK):  # what there is: a slow server is seen to go on
                file.write(block)
                progress("download", file.tell(), total)
            if total is not None and file.tell() != total:
                raise ConnectionError(f"the connection ended after {file.tell()} of {total} bytes")
