"""The app: `streamlit run app.py` starts the server, with its own routes beside Streamlit's."""

import runpy
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.components import assets, websocket_bridge
from explorer.server import gate, routes
from explorer.server.streamlit_files import StreamlitFiles

MAIN = "explorer/stage/main.py"

if get_script_run_ctx(suppress_warning=True) is None:
    base = routes.base_path()
    app = st.App(
        MAIN,
        routes=routes.routes(base),
        lifespan=routes.lifespan,
        middleware=[
            Middleware(gate.Gate, ancestors=gate.frame_ancestors()),
            Middleware(StreamlitFiles, base=base),
        ],
    )
else:  # a host without st.App runs this file as a script, and no routes can be added
    routes.disable_nagle()
    assets.use_parcel()
    websocket_bridge.mount(routes.routes())
    runpy.run_path(str(Path(__file__).parent / MAIN))
