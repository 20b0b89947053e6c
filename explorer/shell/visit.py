"""What holds on every page of a visit: the language, whether the stage is presented, whether the browser goes back."""

import streamlit as st

from explorer.shell import texts


def is_history_navigation() -> bool:
    """Return whether the browser's "back" or "forward" asks for this run.

    Otherwise the URL of an open page is no news: it is what was written there, or lags behind what is on its way.
    """
    return st.runtime.scriptrunner.get_script_run_ctx().is_history_navigation


def read_visit() -> None:
    """Take from the URL, at first and when the browser goes back, the language and whether the stage is presented."""
    asked = texts.language_of(st.query_params.get("lang", ""))
    if "present" not in st.session_state or is_history_navigation():
        st.session_state["present"] = st.query_params.get("present") == "1"
    if asked and ("language" not in st.session_state or is_history_navigation()):
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


def presenting() -> bool:
    """Return whether the stage is shown alone, on the whole screen and in large type."""
    return st.session_state.get("present", False)


def presenter_moved(move: str) -> None:
    """Begin or end a presentation, or have the page go to its next or previous section."""
    if move in ("begin", "end"):
        st.session_state["present"] = move == "begin"
    elif move in ("next", "previous"):
        st.session_state["present.move"] = 1 if move == "next" else -1
