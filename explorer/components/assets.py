"""Delivers the browser's files to the page.

The JavaScript and CSS of a component are beside its Python wrapper. `explorer/server/routes.py` serves them under
`route(path)`, which contains a digest of all files, so that a browser may keep a file for ever and still gets every new
version. Streamlit itself sends only `loader.js`, which imports them. On a host without our routes,
`components/websocket_bridge/` sends all of them in one parcel.
"""

import base64
import functools
import gzip
import hashlib
import json
import posixpath
import re
import secrets
from pathlib import Path

import streamlit as st

from explorer.protocol.json_numbers import dumps
from explorer.shell.texts import load as load_words
from explorer.shell.visit import language

FOLDER = Path(__file__).parent
STAGE = FOLDER.parent / "stage"
SHEETS = ("stage/main.css", "stage/beside.css", "stage/print.css")  # of every page
PREFIX = "explorer-assets"
IMPORT = re.compile(r'^(?:import|export)\b[^"\n]*"(\.{1,2}/[^"]+)"', re.MULTILINE)
TYPES = {".js": "text/javascript", ".css": "text/css", ".npy": "application/octet-stream"}

# Some browsers remember that a module, or one that it imports, could not be loaded, so the next attempt uses another
# address for all of them.
_BY_ROUTE = """
const load = (attempt) =>
  import(new URL(`{prefix}/{digest}${{attempt ? "~" + attempt : ""}}/{path}`, document.baseURI).href);
"""
_FROM_PARCEL = """
const load = async () => {{
  while (!globalThis.explorerFile) await new Promise((resolve) => setTimeout(resolve, 20));
  return import(globalThis.explorerFile("{path}"));
}};
"""
_as_parcel = False


@functools.cache
def files() -> dict[str, Path]:
    """Return the browser files by the paths under which they are served."""
    found = sorted(file for file in FOLDER.rglob("*") if file.suffix in TYPES and not file.is_symlink())
    sheets = {path: STAGE.parent / path for path in SHEETS}
    return {file.relative_to(FOLDER).as_posix(): file for file in found} | sheets


@functools.cache
def imported(path: str) -> tuple[str, ...]:
    """Return the module `path` and all modules that it imports, directly or through others."""
    found = {path: None}
    for name in IMPORT.findall(files()[path].read_text("utf-8")):
        found |= dict.fromkeys(imported(posixpath.normpath(posixpath.join(posixpath.dirname(path), name))))
    return tuple(found)


@functools.cache
def digest() -> str:
    """Return a digest of the contents of all browser files."""
    contents = hashlib.sha256()
    for file in files().values():
        contents.update(file.read_bytes())
    return contents.hexdigest()[:12]


def route(path: str) -> str:
    """Return the address of a browser file, relative to the app's root."""
    return f"{PREFIX}/{digest()}/{path}"


def read(path: str) -> bytes | None:
    """Return a browser file compressed by gzip, or None if `path` names none."""
    return _compressed(path) if path in files() else None


@functools.cache
def _compressed(path: str) -> bytes:
    return gzip.compress(files()[path].read_bytes(), compresslevel=9)


def media_type(path: str) -> str:
    """Return the media type of the file `path`."""
    return TYPES[Path(path).suffix]


@functools.cache
def parcel() -> bytes:
    """Return all browser files as one, JSON compressed by gzip."""
    packed = {}
    for path, file in files().items():
        contents = file.read_bytes()
        as_text = {"text": contents.decode()} if not path.endswith(".npy") else {}
        packed[path] = {"type": media_type(path)} | (as_text or {"base64": base64.b64encode(contents).decode()})
    return gzip.compress(json.dumps(packed, ensure_ascii=False).encode(), compresslevel=9)


def use_parcel() -> None:
    """Load the files of components from the parcel. To be called before the first component is imported."""
    global _as_parcel
    _as_parcel = True


def by_route() -> bool:
    """Return whether the server has routes of ours: by them files come to the browser, and may come from it."""
    return not _as_parcel


@functools.cache
def _loader() -> str:
    lines = (FOLDER / "loader.js").read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith("//"))


def component(name: str):
    """Register the component in the folder `name`, whose `<name>.js` has a default export; return its mount function.

    Styles are not isolated, because plotly's style sheet does not work in a shadow root. Data is sent as JSON bytes,
    because Streamlit would search a dict for data frames, and import pandas for that (80 MB).
    """
    path = f"{name}/{name}.js"
    load = (_FROM_PARCEL if _as_parcel else _BY_ROUTE).format(prefix=PREFIX, digest=digest(), path=path)
    registered = st.components.v2.component(f"explorer.{name}", js=_loader() + load, isolate_styles=False)

    def mount(key: str, data: dict, called: str = "", **callbacks):
        session = st.session_state.setdefault("session", secrets.token_hex(4))
        # What it is called is the same in every language, and with the classes of every run.
        envelope = {"session": session, "called": called or key}
        envelope["shared"] = load_words(language(), "home").table("component")
        return registered(key=key, data=dumps(data | envelope).encode(), **callbacks)

    return mount
