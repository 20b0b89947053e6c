"""How the app is started: with its own routes beside Streamlit's, or as a script where that is not possible."""

import gc
import runpy
from pathlib import Path

from starlette.middleware import Middleware

from explorer.components import assets, websocket_bridge
from explorer.server import gate, routes
from explorer.server.streamlit_files import StreamlitFiles

# By default Python looks through all objects for garbage after some 70,000 new ones, and everybody waits meanwhile: for
# 200 ms with three hundred sessions, every six seconds while their pages are drawn. Less often costs 30 MB of memory.
GARBAGE = (10_000, 10, 10)
MAIN = str(Path(__file__).parents[1] / "stage" / "main.py")


def options() -> dict:
    """Return what `st.App` is given beside the script: routes, what happens at start and end, and the middleware."""
    gc.set_threshold(*GARBAGE)
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
    gc.set_threshold(*GARBAGE)
    routes.disable_nagle()
    assets.use_parcel()
    websocket_bridge.mount(routes.routes())
    runpy.run_path(MAIN)
