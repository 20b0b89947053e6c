"""How the browser's files reach the page: decided here, and nowhere else.

The JavaScript and CSS of a component lie beside its Python wrapper. `explorer/server.py` serves them under
`route(path)`, a path that holds a digest of all of them, so that a browser may keep a file for ever and still
gets every new version. What Streamlit sends inline is only the line that imports them.
"""

import functools
import gzip
import hashlib
import json
from pathlib import Path

import plotly.offline
import streamlit as st

from explorer.wire import to_wire

FOLDER = Path(__file__).parent
PREFIX = "explorer-assets"
PLOTLY = "plotly.min.js"
TYPES = {".js": "text/javascript", ".css": "text/css", ".npy": "application/octet-stream"}


@functools.cache
def digest() -> str:
    """Return a name for the present contents of all browser files."""
    contents = hashlib.sha256(plotly.__version__.encode())
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in TYPES:
            contents.update(path.read_bytes())
    return contents.hexdigest()[:12]


def route(path: str) -> str:
    """Return where the browser finds a file, relative to the app's root."""
    return f"{PREFIX}/{digest()}/{path}"


@functools.cache
def read(path: str) -> bytes | None:
    """Return a browser file compressed by gzip, or None if `path` names none."""
    if path == PLOTLY:
        return gzip.compress(plotly.offline.get_plotlyjs().encode(), compresslevel=6)
    file = (FOLDER / path).resolve()
    if file.suffix in TYPES and file.is_relative_to(FOLDER) and file.is_file():
        return gzip.compress(file.read_bytes())
    return None


def component(name: str):
    """Register the component in the folder `name`, whose `<name>.js` exports `default`; return what mounts it.

    Styles are not isolated, because plotly's style sheet is lost in a shadow root. Data travels as the bytes of
    JSON: in a dict Streamlit would look for data frames, and import pandas for that (80 MB).
    """
    module = route(f"{name}/{name}.js")
    registered = st.components.v2.component(
        f"explorer.{name}",
        # The line break tells Streamlit that this is code and not the name of a file.
        js="export default async (component) =>\n"
        f'(await import(new URL("{module}", document.baseURI).href)).default(component);',
        isolate_styles=False,
    )

    def mount(key: str, data: dict, **callbacks):
        return registered(key=key, data=json.dumps(to_wire(data), ensure_ascii=False).encode(), **callbacks)

    return mount
