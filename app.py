"""Start with `streamlit run app.py`: the server, its own routes beside Streamlit's, and compression."""

import runpy
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.components import assets, websocket_bridge
from explorer.server import routes
from explorer.server.static_cache import KeptFiles

MAIN = "explorer/stage/main.py"

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(
        MAIN,
        routes=routes.routes(),
        lifespan=routes.lifespan,
        middleware=[Middleware(KeptFiles), Middleware(GZipMiddleware, minimum_size=1024)],
    )
else:  # a host that knows no st.App runs this file as a script: its routes cannot be added to
    routes.send_at_once()
    assets.carry()
    websocket_bridge.carry(routes.routes())
    runpy.run_path(str(Path(__file__).parent / MAIN))
