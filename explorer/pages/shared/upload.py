"""Where a visitor's ZIP file is chosen."""

from collections.abc import Callable

import streamlit as st

from explorer import runs
from explorer.components import assets
from explorer.components.run_upload import run_upload
from explorer.pages.shared import ownership
from explorer.shell.texts import Words


def upload(area: str, words: Words, on_opened: Callable[[], None], what: str = "run") -> bool:
    """Show where a file is chosen, or why none is taken here; return whether one is.

    area: the key of the place; what: "run", or "images" to train on. on_opened() is called when a file has been taken.
    """
    server = runs.of_this_server()
    if not assets.by_route():
        st.markdown(words(f"{what}_upload.no_route"))
    elif not server.limits.upload:
        st.markdown(words(f"{what}_upload.refused.off"))
    else:
        secret = server.uploads.ticket(*ownership.visitor())
        run_upload(area, words, server.limits.upload / 1e6, secret, on_opened, what=what)
        return True
    return False
