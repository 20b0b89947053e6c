"""The question of the moment: one at a time above the stage, its answer over a corner of the figure."""

import streamlit as st

from explorer.components.progress import progress

# "<page>.<question>": "found" by the visitor, or "shown" to them. The browser keeps it between visits.
KNOWN = "questions.known"
ICONS = {
    None: ":material/psychology_alt:",
    "found": ":green[:material/check_circle:]",
    "shown": ":material/visibility:",
}


def known() -> dict[str, str]:
    """Return what the visitor has found out, or been shown."""
    return st.session_state.setdefault(KNOWN, {})


def remember(news: dict[str, str]) -> None:
    """Take over what the browser knows from earlier visits, as far as it has the form that it was written in."""
    for name, how in news.items():
        if isinstance(name, str) and how in ("found", "shown"):
            known().setdefault(name, how)


def line(page, part: str, found: dict[str, bool], answers: dict[str, dict]) -> None:
    """Show one of the section's questions, with a hint, a way to be shown the answer, and the way to the next.

    found: of each question, whether what is set now answers it; answers: the settings that do.
    """
    if not found:
        return
    state, words = st.session_state, page.words
    key = f"{page.settings.page}.{part}.question"
    names = list(found)
    if state.get(key) not in names:
        state[key] = next((name for name in names if _id(page, name) not in known()), names[0])
    for name in names:
        if found[name] and _id(page, name) not in known():
            known()[_id(page, name)] = "found"
            state[key] = name  # whatever was asked: this is what was found
    name = state[key]
    hint = f"{key}.hint"

    def go_on() -> None:
        state[key] = names[(names.index(name) + 1) % len(names)]
        state[hint] = False

    def show() -> None:
        known().setdefault(_id(page, name), "shown")
        page.settings.set(**answers[name])

    how = known().get(_id(page, name))
    icon = {None: ":material/psychology_alt:", "found": ":green[:material/check_circle:]"}.get(
        how, ":material/visibility:"
    )
    with st.container(key=f"question-{part}", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(f"{icon} {words(f'questions.{name}.hint' if state.get(hint) else f'questions.{name}.ask')}")
        if not state.get(hint):
            st.button(
                words("question.hint"),
                key=f"{key}.ask_hint",
                type="tertiary",
                on_click=state.update,
                args=({hint: True},),
            )
        elif name in answers:
            st.button(words("question.show"), key=f"{key}.show", type="tertiary", on_click=show)
        st.caption(words("question.count", i=names.index(name) + 1, n=len(names)), width="content")
        st.button(
            "",
            key=f"{key}.next",
            icon=":material/arrow_forward:",
            help=words("question.next"),
            type="tertiary",
            on_click=go_on,
        )
        progress(known(), "", f"{key}.progress", remember)


def answer(page, part: str, found: dict[str, bool]) -> None:
    """Show the answer to the question of the moment over a corner of the figure, once it is found."""
    name = st.session_state.get(f"{page.settings.page}.{part}.question")
    if name and found.get(name):
        with st.container(key=f"answer-{part}"):
            st.success(page.words(f"questions.{name}.answer"))


def _id(page, name: str) -> str:
    return f"{page.settings.page}.{name}"
