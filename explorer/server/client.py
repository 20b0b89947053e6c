"""The files of Streamlit's client: its page, and what that loads."""

import functools
import gzip
import json
import re
from pathlib import Path

from streamlit import file_util

from explorer.protocol.safe_files import digest

FOLDER = Path(file_util.get_static_dir())
INDEX = "index.html"
ICONS = Path(__file__).with_name("icons")
SCRIPTS = "static/js/"
IMPORT = re.compile(r'(?:from|import)"\./([^"]+\.js)"')


@functools.cache
def files() -> frozenset[str]:
    """Return the names of Streamlit's files, relative to their folder, without its page."""
    found = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file()}
    return frozenset(found - {INDEX})


@functools.cache
def packed(name: str) -> bytes:
    """Return one of `files()`, compressed by gzip. All together take seven megabytes of memory."""
    return gzip.compress((FOLDER / name).read_bytes(), mtime=0)


@functools.cache
def chunks(names: tuple[str, ...]) -> list[str]:
    """Return the files of these parts of the client and all that they import, but for those that the page names."""
    there = {Path(name).name.partition(".")[0]: name for name in sorted(files()) if name.startswith(SCRIPTS)}
    found, left = {}, [there[name] for name in names if name in there]
    page = (FOLDER / INDEX).read_text("utf-8")
    while left:
        name = left.pop(0)
        if name not in found and name not in page:
            found[name] = None
            left += [f"{SCRIPTS}{one}" for one in IMPORT.findall((FOLDER / name).read_text("utf-8"))]
    return list(found)


@functools.cache
def icons() -> tuple[str, bytes] | None:
    """Return the name of the client's icon font, and a font with only the icons in use (made by icons/build.py).

    None if this Streamlit brings another font than the one that it was made of.
    """
    made = json.loads((ICONS / "icons.json").read_text("utf-8"))
    whole = FOLDER / made["of"]
    if not whole.is_file() or digest(whole) != made["sha256"]:
        return None
    return made["of"], (ICONS / "icons.woff2").read_bytes()
