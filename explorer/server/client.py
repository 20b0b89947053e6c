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
FONTS = Path(__file__).with_name("fonts")
WHOLE = "whole"  # the query that asks for a font as Streamlit brings it
SCRIPTS = "static/js/"
FACE = re.compile(r"@font-face\{([^}]*;)src:url\(\.\./([^)]*)\)")
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
def fonts() -> dict[str, bytes]:
    """Return the fonts that are sent in place of the client's, by the names of those (made by fonts/build.py)."""
    return {made["of"]: (FONTS / name).read_bytes() for name, made in _made().items()}


@functools.cache
def faces() -> str:
    """Return style rules by which the letters that such a font lacks are shown in the whole one, loaded when needed.

    A browser takes them together with those of the client's style sheet, which say the same but for the letters.
    """
    sheets = (file.read_text("utf-8") for file in FOLDER.glob("static/css/index.*.css"))
    made = {one["of"]: one["lacks"] for one in _made().values() if "lacks" in one}
    return "".join(
        f'@font-face {{ {said} src: url(./{name}?{WHOLE}) format("woff2"); unicode-range: {made[name]}; }}'
        for sheet in sheets
        for said, file in FACE.findall(sheet)
        if (name := f"static/{file}") in made
    )


@functools.cache
def _made() -> dict[str, dict]:
    """Return what fonts/build.py noted of each font, if this Streamlit brings the one that it was made of."""
    made = json.loads((FONTS / "fonts.json").read_text("utf-8"))
    there = {name: digest(FOLDER / name) for name in files() & {one["of"] for one in made.values()}}
    return {name: one for name, one in made.items() if there.get(one["of"]) == one["sha256"]}
