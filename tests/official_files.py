"""CIFAR-10's official files with images of one's own, and a server for them.

    python tests/official_files.py FACTS.json …

is the training program, with the checksums of FACTS.json in the place of the official ones.
"""

import gzip
import hashlib
import http.server
import io
import json
import pickle
import struct
import sys
import tarfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # where this is a program

from explorer.runs import recorded

BASE, ARCHIVE = "cifar-10-batches-py", "cifar-10-python.tar.gz"
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
BATCHES = [f"data_batch_{number}" for number in range(1, 6)]
TEST, META = "test_batch", "batches.meta"
# In the official archive, too, they lie in an order of their own, beside a file that nobody needs.
PACKED = ["data_batch_4", "readme.html", TEST, "data_batch_3", META, "data_batch_2", "data_batch_5", "data_batch_1"]


def made(images, labels, test_images, test_labels) -> dict[str, bytes]:
    """Return the official files, by name, of training images uint8 (n, 32, 32, 3) and as many to test on as wanted."""
    split = zip(BATCHES, np.array_split(images, 5), np.array_split(labels, 5), strict=True)
    files = {name: batch(*part) for name, *part in split} | {TEST: batch(test_images, test_labels)}
    return files | {META: pickle.dumps({"label_names": CLASSES}, 2), "readme.html": b"<html></html>"}


def drawn(count: int, test_count: int) -> dict[str, bytes]:
    """Return the official files of noise."""
    random = np.random.default_rng(0)
    parts = [
        (random.integers(256, size=(size, 32, 32, 3), dtype=np.uint8), random.permutation(np.arange(size) % 10))
        for size in (count, test_count)
    ]
    return made(*parts[0], *parts[1])


def test_images_like_recorded() -> tuple[np.ndarray, np.ndarray]:
    """Return test images that look to the recorded runs like theirs, and their labels, in another order.

    Each is of four flat colours, the mean colours of the recorded one.
    """
    run = recorded.FOLDER / recorded.CNN
    quarters = np.rint(np.load(run / "fingerprints.npy").astype(float)).astype(np.uint8).reshape(-1, 2, 2, 3)
    order = np.random.default_rng(0).permutation(len(quarters))
    labels = np.load(run / "test_labels.npy").astype(int)
    return quarters[order].repeat(16, axis=1).repeat(16, axis=2), labels[order]


def like_recorded() -> dict[str, bytes]:
    """Return the official files with such test images, and noise to train on."""
    noise = np.random.default_rng(1).integers(256, size=(50, 32, 32, 3), dtype=np.uint8)
    return made(noise, np.arange(50) % 10, *test_images_like_recorded())


def batch(images, labels) -> bytes:
    """Return one file of images as Python 2 pickled it: the pixels are a string there, which Python 3 has to decode."""

    def text(word: bytes) -> bytes:
        return b"U" + bytes([len(word)]) + word

    def number(value: int) -> bytes:
        return b"J" + struct.pack("<i", value)

    pixels = np.ascontiguousarray(images.transpose(0, 3, 1, 2)).tobytes()
    dtype = b"cnumpy\ndtype\n(" + text(b"u1") + b"K\0K\1tR(K\3" + text(b"|") + b"NNN" + number(-1) * 2 + b"K\0tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85" + text(b"b") + b"tR(K\1"
    array += number(len(images)) + number(3072) + b"\x86" + dtype + b"\x89T" + struct.pack("<I", len(pixels))
    told = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return b"\x80\2}(" + text(b"labels") + told + text(b"data") + array + pixels + b"tbu."


def packed(files: dict[str, bytes]) -> bytes:
    """Return the archive of the files, the same whenever it is made."""
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w") as tar:
        for name in sorted(files, key=PACKED.index):
            member = tarfile.TarInfo(f"{BASE}/{name}")
            member.size = len(files[name])
            tar.addfile(member, io.BytesIO(files[name]))
    return gzip.compress(memory.getvalue(), 1, mtime=0)


def facts(files: dict[str, bytes], archive: bytes, url: str) -> dict[str, object]:
    """Return what torchvision.datasets.CIFAR10 says of its files, for these."""
    return {
        "url": url,
        "tgz_md5": md5(archive),
        "train_list": [[name, md5(files[name])] for name in BATCHES],
        "test_list": [[TEST, md5(files[TEST])]],
        "meta": {"filename": META, "key": "label_names", "md5": md5(files[META])},
    }


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write the files as the unpacked archive would lie in `folder`; return where they are."""
    (folder / BASE).mkdir(parents=True)
    for name, content in files.items():
        (folder / BASE / name).write_bytes(content)
    return folder / BASE


class Server(http.server.ThreadingHTTPServer):
    """Serves `content` with ranges. The next answers can each be spoilt by a function put into `spoil`."""

    def __init__(self, content: bytes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.spoil, self.ranges = content, [], []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{ARCHIVE}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        if self.server.spoil:
            self.server.spoil.pop(0)(self)
        elif wanted:
            self.part(int(wanted.removeprefix("bytes=").removesuffix("-")))
        else:
            self.answer(200, self.server.content)

    def part(self, start, cut=None):
        size = len(self.server.content)
        if start >= size:
            self.answer(416, b"", {"Content-Range": f"bytes */{size}"})
        else:
            told = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
            self.answer(206, self.server.content[start:], told, cut=cut)

    def answer(self, status, body, headers=None, kind="application/gzip", cut=None):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut])

    def log_message(self, *_):
        pass


def trickle(handler: Handler) -> None:
    """Send half of the archive at once, and the rest so slowly that it can be stopped."""
    content = handler.server.content
    handler.send_response(200)
    handler.send_header("Content-Type", "application/gzip")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    half = len(content) // 2
    with suppress(OSError):  # the other side has been stopped
        handler.wfile.write(content[:half])
        for first in range(half, len(content), 500):
            time.sleep(0.1)
            handler.wfile.write(content[first : first + 500])


@contextmanager
def served(content: bytes):
    """Serve `content` from a thread."""
    with Server(content) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def program(folder: Path, files: dict[str, bytes], archive: bytes, url: str) -> tuple[str, str]:
    """Return what Python runs as a training program that takes these files for CIFAR-10, by a note in `folder`."""
    told = folder / "facts.json"
    told.write_text(json.dumps(facts(files, archive, url)))
    return __file__, str(told)


def main() -> int:
    import torchvision.datasets

    for name, value in json.loads(Path(sys.argv[1]).read_text()).items():
        setattr(torchvision.datasets.CIFAR10, name, value)
    from explorer.training.__main__ import main

    return main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
