"""Reads a ZIP file that somebody brings. Nothing in it is trusted: not its list of entries, their names or sizes.

What is refused is refused with a code, and the name of the entry that was wrong.
"""

import contextlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from explorer.runs.limits import Refused

ADDED = re.compile(r"__MACOSX/.*|(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini)")  # by operating systems
KINDS = (0, stat.S_IFREG, stat.S_IFDIR)  # of entries; 0: nothing is said, as in a ZIP from Windows
ENTRIES = 4_000
DIRECTORY = 1 << 19  # bytes of the list of entries, which is read at once
BLOCK = 1 << 16
UTF8 = 0x800  # the flag by which an entry says that its name is (APPNOTE.TXT 6.3.10, 4.4.4)

# What reading a damaged or a hostile file raises.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    RecursionError,
    RuntimeError,
    MemoryError,
    SyntaxError,
)


def opened(packed: BinaryIO) -> zipfile.ZipFile:
    """Open a ZIP file. Raises Refused if it is none."""
    with refusing("zip"):
        return zipfile.ZipFile(_Cautious(packed))


class _Cautious:
    """A ZIP file of which no more than DIRECTORY bytes are read at once: its list of entries is as long as it says."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self._size = file.seek(0, 2)

    def read(self, size: int = -1) -> bytes:
        there = max(0, self._size - self.tell())
        if (there if size is None or size < 0 else min(size, there)) > DIRECTORY:
            raise Refused("entries", most=ENTRIES)
        return self._file.read(size)


def entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files by their names, without what operating systems add. Raises Refused."""
    listed = archive.infolist()
    if len(listed) > ENTRIES:
        raise Refused("entries", most=ENTRIES)
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in listed:
        name = _name(entry)
        _check(entry, name)
        if name.endswith("/") or ADDED.fullmatch(name):
            continue
        if name in found:
            raise Refused("twice", name=shown(name))
        found[name] = entry
    return found


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name. Of one that does not say that it is UTF-8, Python takes the bytes for code page 437."""
    name = entry.orig_filename
    if not entry.flag_bits & UTF8 and not name.isascii():
        for encoding in ("utf-8", "gb18030"):  # as macOS and Chinese Windows write them
            with contextlib.suppress(UnicodeError):
                return name.encode("cp437").decode(encoding)
    return name


def _check(entry: zipfile.ZipInfo, name: str) -> None:
    """Refuse an entry that leads elsewhere, is no plain file, or is encrypted."""
    parts = name.removesuffix("/").split("/")
    if re.search(r"[\\\0]|^[A-Za-z]:", name) or any(part in ("", ".", "..") for part in parts):
        raise Refused("path", name=shown(name))
    if stat.S_IFMT(entry.external_attr >> 16) not in KINDS:
        raise Refused("link", name=shown(name))
    if entry.flag_bits & 0x41:  # encrypted, or strongly so (APPNOTE.TXT 6.3.10, 4.4.4)
        raise Refused("encrypted", name=shown(name))


def check_compression(entry: zipfile.ZipInfo, name: str) -> None:
    """Refuse an entry that is compressed in an unusual way."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("compression", name=shown(name))


def inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, place: Path, bound: int, too_large: Refused
) -> int:
    """Write an entry of at most `bound` bytes, beyond which `too_large` is raised, to `place`; return its bytes."""
    if entry.file_size > bound:
        raise too_large
    size = 0
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("xb") as file, contextlib.closing(_blocks(archive, entry, name)) as blocks:
        for block in blocks:
            size += len(block)
            if size > bound:  # zipfile gives no more than an entry says, but that is not relied on
                raise too_large
            file.write(block)
    return size


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield the contents of an entry as they are inflated. Raises Refused if they are damaged."""
    with refusing("damaged", name):
        file = archive.open(entry)
    with file:
        while True:
            with refusing("damaged", name):
                block = file.read(BLOCK)
            if not block:
                return
            yield block


def shown(name: str) -> str:
    """Return a name from a ZIP file in a length, and in letters, that a page can show."""
    short = name if len(name) <= 80 else name[:80] + "…"
    return "".join(letter if letter.isprintable() else "�" for letter in short)


@contextlib.contextmanager
def refusing(code: str, name: str = "", **values) -> Iterator[None]:
    """Refuse, by `code`, what cannot be read within."""
    try:
        yield
    except UNREADABLE as error:
        raise Refused(code, **({"name": shown(name)} if name else {}), **values) from error
