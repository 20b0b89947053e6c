"""The entry file for Streamlit Community Cloud, which installs the requirements beside it: CPU builds of torch."""

import sys
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

# A host that runs this file as a script does so for every rerun.
if (root := str(Path(__file__).resolve().parents[3])) not in sys.path:
    sys.path.insert(0, root)

from explorer.server import start

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(start.MAIN, **start.options())
else:
    start.as_a_script()
