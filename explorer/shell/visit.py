"""The state of a visit on all pages: its language, its presentation, where it comes from, and whether it goes back."""

import contextlib
import ipaddress
import weakref

import streamlit as st

from explorer.shell import texts


def is_history_navigation() -> bool:
    """Return whether "back" or "forward" in the browser caused this rerun of the script.

    In other runs of an open page the URL is ignored: Python has written it, or it is older than the controls.
    """
    return st.runtime.scriptrunner.get_script_run_ctx().is_history_navigation


def is_reconnection() -> bool:
    """Return whether a new connection caused this rerun of the script.

    The browser then sends all values of its widgets, which may be older than what the lost connection was to bring.
    """
    known = st.session_state.get("connection")
    return known is not None and known() is not _connection()


def _connection():
    if not st.runtime.exists():  # as in a test of a page
        return None
    return st.runtime.get_instance().get_client(st.runtime.scriptrunner.get_script_run_ctx().session_id)


def read_visit() -> None:
    """Read the language and the presentation from the URL, at first and after "back" or "forward"."""
    connection = _connection()
    st.session_state["connection"] = weakref.ref(connection) if connection else None
    asked = texts.language_of(st.query_params.get("lang", ""))
    if "present" not in st.session_state or is_history_navigation():
        st.session_state["present"] = st.query_params.get("present") == "1"
    if asked and ("language" not in st.session_state or is_history_navigation()):
        st.session_state["language"] = asked
        st.session_state["language.asked"] = True
    st.session_state.setdefault("language", texts.preferred(st.context.locale))


def language() -> str:
    """Return the visitor's language: set by the URL or the switch, else that of the browser."""
    return st.session_state["language"]


def language_query() -> dict[str, str]:
    """Return the language for a link if it was chosen; otherwise whoever opens the link gets their own."""
    asked = "language.asked" in st.session_state or language() != texts.preferred(st.context.locale)
    return {"lang": language()} if asked else {}


def language_switch() -> None:
    """Show the switch between the languages."""
    st.segmented_control(
        "Language / 语言",
        list(texts.LANGUAGES),
        format_func=texts.LANGUAGES.get,
        key="language",
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )


def presenting() -> bool:
    """Return whether the page is presented: the stage alone, full screen, in large type."""
    return st.session_state.get("present", False)


def presenter_moved(move: str) -> None:
    """Begin or end a presentation, or ask the page for the next or previous section."""
    if move in ("begin", "end"):
        st.session_state["present"] = move == "begin"
    elif move in ("next", "previous"):
        st.session_state["present.move"] = 1 if move == "next" else -1


def address() -> str:
    """Return where this session's connection comes from, "" if that is this machine.

    What a proxy on this machine says of it, last, is taken for true; of other proxies what uvicorn takes for true.
    """
    found = st.context.ip_address or ""
    with contextlib.suppress(ValueError):
        ip = ipaddress.ip_address(found)
        if (getattr(ip, "ipv4_mapped", None) or ip).is_loopback:  # to a server for IPv4 and IPv6, 127.0.0.1 is mapped
            found = ""
    told = ",".join(st.context.headers.get_all("X-Forwarded-For"))
    return found or told.rpartition(",")[2].strip()
