"""What the server does not do now, and why: left by a click, told where its page is drawn next."""

import contextlib

import streamlit as st

from explorer import runs
from explorer.protocol.redact import without_paths
from explorer.shell.texts import Words, plain

LEFT = "refused"


@contextlib.contextmanager
def left():
    """Leave what the server refuses within for the next drawing of the page to tell."""
    st.session_state.pop(LEFT, None)
    try:
        yield
    except runs.Refused as refused:
        st.session_state[LEFT] = (refused.code, refused.values)
    except (OSError, ValueError) as error:
        code = "folder" if isinstance(error, OSError) else "setting"
        reason = without_paths(str(error), runs.of_this_server().limits.folder)
        st.session_state[LEFT] = (code, {"reason": plain(reason)})


def show(words: Words) -> None:
    """Tell what was left to be told."""
    if LEFT in st.session_state:
        code, values = st.session_state.pop(LEFT)
        st.error(words(f"refused.{code}", **values), icon=":material/error:")
