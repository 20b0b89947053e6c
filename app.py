"""Start with `streamlit run app.py`: the server, its own routes beside Streamlit's, and compression."""

import runpy
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer import server
from explorer.components import assets, carrier
from explorer.kept import KeptFiles

MAIN = "explorer/main.py"
# The folder explorer/pages/ is not Streamlit's old "pages" directory: st.navigation rules from the first visit on.
PagesManager.uses_pages_directory = False

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(
        MAIN,
        routes=server.routes(),
        lifespan=server.lifespan,
        middleware=[Middleware(KeptFiles), Middleware(GZipMiddleware, minimum_size=1024)],
    )
else:  # a host that knows no st.App runs this file as a script: its routes cannot be added to
    server.send_at_once()
    assets.carry()
    carrier.carry(server.routes())
    runpy.run_path(str(Path(__file__).parent / MAIN))
