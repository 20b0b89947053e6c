"""Start with `streamlit run app.py`: the server, its own routes beside Streamlit's, and compression."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from streamlit.runtime.pages_manager import PagesManager

from explorer import server

# The folder explorer/pages/ is not Streamlit's old "pages" directory: st.navigation rules from the first visit on.
PagesManager.uses_pages_directory = False

app = st.App(
    "explorer/main.py",
    routes=server.routes(),
    lifespan=server.lifespan,
    middleware=[Middleware(GZipMiddleware, minimum_size=1024)],
)
