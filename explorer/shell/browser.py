"""What the visitor's browser asks for: a language, and whether it goes back."""

import streamlit as st

from explorer.shell import texts


def gone_back() -> bool:
    """Return whether the browser's "back" or "forward" asks for this run.

    Otherwise the URL of an open page is no news: it is what was written there, or lags behind what is on its way.
    """
    return st.runtime.scriptrunner.get_script_run_ctx().is_history_navigation


def read_language() -> None:
    """Take the language from the URL at first and when the browser goes back, else from the browser."""
    asked = texts.language_of(st.query_params.get("lang", ""))
    if asked and ("language" not in st.session_state or gone_back()):
        st.session_state["language"] = asked
        st.session_state["language.asked"] = True
    st.session_state.setdefault("language", texts.preferred(st.context.locale))


def language() -> str:
    """Return the visitor's language: chosen in the URL or by the switch, else the browser's."""
    return st.session_state["language"]


def language_query() -> dict[str, str]:
    """Return the language as a link names it: where it was asked for; else whoever opens the link has their own."""
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
