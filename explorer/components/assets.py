"""How the browser's files reach the page: decided here, and nowhere else.

The JavaScript and CSS of a component lie beside its Python wrapper. `explorer/server/routes.py` serves them under
`route(path)`, a path that holds a digest of all of them, so that a browser may keep a file for ever and still
gets every new version. What Streamlit sends inline is only `loader.js`, which imports them. On a host that knows no
routes of ours, `components/websocket_bridge/` brings all of them in one parcel.
"""

import base64
import functools
import gzip
import hashlib
import json
import secrets
from pathlib import Path

import streamlit as st

from explorer.protocol.json_numbers import dumps
from explorer.shell.texts import load as load_words
from explorer.shell.visit import language

FOLDER = Path(__file__).parent
PREFIX = "explorer-assets"
TYPES = {".js": "text/javascript", ".css": "text/css", ".npy": "application/octet-stream"}

# Some browsers keep it that a module could not be loaded, or one that it imports: the next attempt asks for all of them
# at another address.
_BY_ROUTE = """
const load = (attempt) =>
  import(new URL(`{prefix}/{digest}${{attempt ? "~" + attempt : ""}}/{path}`, document.baseURI).href);
"""
_CARRIED = """
const load = async () => {{
  while (!globalThis.explorerFile) await new Promise((resolve) => setTimeout(resolve, 20));
  return import(globalThis.explorerFile("{path}"));
}};
"""
_carried = False


@functools.cache
def files() -> dict[str, Path]:
    """Return where each browser file lies, by the path that the browser asks for."""
    found = sorted(file for file in FOLDER.rglob("*") if file.suffix in TYPES and not file.is_symlink())
    return {file.relative_to(FOLDER).as_posix(): file for file in found}


@functools.cache
def digest() -> str:
    """Return a name for the present contents of all browser files."""
    contents = hashlib.sha256()
    for file in files().values():
        contents.update(file.read_bytes())
    return contents.hexdigest()[:12]


def route(path: str) -> str:
    """Return where the browser finds a file, relative to the app's root."""
    return f"{PREFIX}/{digest()}/{path}"


def read(path: str) -> bytes | None:
    """Return a browser file compressed by gzip, or None if `path` names none."""
    return _compressed(path) if path in files() else None


@functools.cache
def _compressed(path: str) -> bytes:
    return gzip.compress(files()[path].read_bytes(), compresslevel=6)


def media_type(path: str) -> str:
    """Return what kind of file `path` names."""
    return TYPES[Path(path).suffix]


@functools.cache
def parcel() -> bytes:
    """Return all browser files as one, JSON compressed by gzip."""
    packed = {}
    for path, file in files().items():
        contents = file.read_bytes()
        as_text = {"text": contents.decode()} if not path.endswith(".npy") else {}
        packed[path] = {"type": media_type(path)} | (as_text or {"base64": base64.b64encode(contents).decode()})
    return gzip.compress(json.dumps(packed, ensure_ascii=False).encode(), compresslevel=6)


def carry() -> None:
    """Have components take their files from the parcel. To be called before the first of them is imported."""
    global _carried
    _carried = True


@functools.cache
def _loader() -> str:
    lines = (FOLDER / "loader.js").read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith("//"))


def component(name: str):
    """Register the component in the folder `name`, whose `<name>.js` exports `default`; return what mounts it.

    Styles are not isolated, because plotly's style sheet is lost in a shadow root. Data travels as the bytes of
    JSON: in a dict Streamlit would look for data frames, and import pandas for that (80 MB).
    """
    path = f"{name}/{name}.js"
    load = (_CARRIED if _carried else _BY_ROUTE).format(prefix=PREFIX, digest=digest(), path=path)
    registered = st.components.v2.component(f"explorer.{name}", js=_loader() + load, isolate_styles=False)

    def mount(key: str, data: dict, **callbacks):
        session = st.session_state.setdefault("session", secrets.token_hex(4))
        envelope = {"session": session, "shared": load_words(language(), "home").table("component")}
        return registered(key=key, data=dumps(data | envelope).encode(), **callbacks)

    return mount
