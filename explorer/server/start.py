"""How the app is started: with its own routes beside Streamlit's, or as a script where that is not possible."""

import runpy
from pathlib import Path

from starlette.middleware import Middleware

from explorer.components import assets, websocket_bridge
from explorer.server import gate, routes
from explorer.server.streamlit_files import StreamlitFiles

MAIN = str(Path(__file__).parents[1] / "stage" / "main.py")


def options() -> dict:
    """Return what `st.App` is given beside the script: routes, what happens at start and end, and the middleware."""
    base = routes.base_path()
    return {
        "routes": routes.routes(base),
        "lifespan": routes.lifespan,
        "middleware": [
            Middleware(gate.Gate, ancestors=gate.frame_ancestors(), takes=routes.taking(base)),
            Middleware(StreamlitFiles, base=base),
        ],
    }


def as_a_script() -> None:
    """Run the page on a host without `st.App`, which runs the entry file as a script: no routes can be added."""
    routes.disable_nagle()
    assets.use_parcel()
    websocket_bridge.mount(routes.routes())
    runpy.run_path(MAIN)
