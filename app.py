"""The app: `streamlit run app.py` starts the server, with its own routes beside Streamlit's."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.server import start

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(start.MAIN, **start.options())
else:
    start.as_a_script()
