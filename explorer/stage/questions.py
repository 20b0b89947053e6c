"""The question of the moment: one at a time above the stage, its answer in a row of its own below the figure."""

import functools

import streamlit as st

from explorer.components.progress import progress
from explorer.shell import texts
from explorer.stage import prediction

# "<page>.<question>": "found" by the visitor, or "shown" to them. The browser keeps it between visits.
KNOWN = "questions.known"
ICONS = {
    None: ":material/psychology_alt:",
    "found": ":green[:material/check_circle:]",
    "shown": ":material/visibility:",
}


@functools.cache
def every() -> frozenset[str]:
    """Return all questions that there are, each as "<page>.<question>"."""
    pages = {page: texts.load("en", page) for page in texts.pages()}
    asking = {page: words.table("questions") for page, words in pages.items() if words.has("questions")}
    return frozenset(f"{page}.{name}" for page, names in asking.items() for name in names)


def count(page: str = "") -> tuple[int, int]:
    """Return how many questions of `page`, or of all pages, the visitor has answered, and how many there are."""
    asked = [name for name in every() if page in ("", name.partition(".")[0])]
    return sum(known().get(name) == "found" for name in asked), len(asked)


def known() -> dict[str, str]:
    """Return what the visitor has found out, or been shown."""
    return st.session_state.setdefault(KNOWN, {})


def remember(stored) -> None:
    """Take over what the browser knows from earlier visits, as far as it has the form that it was written in.

    A question on screen that the browser already knew is replaced: known questions come last.
    """
    if not isinstance(stored, dict):
        return
    new = every() & stored.keys() - known().keys()
    taken = {name: stored[name] for name in new if stored[name] in ("found", "shown")}
    known().update(taken)
    for key in [key for key in st.session_state if str(key).endswith(".question")]:
        page = key.split(".")[0]
        if f"{page}.{st.session_state[key]}" in taken:
            del st.session_state[key]


def by_visitor(page, part: str, found: dict[str, bool], opened: str) -> dict[str, bool]:
    """Return `found` without what the run `opened` answered already when it was opened, until that has been left once.

    Nobody has found that; whoever asks to be shown it, is.
    """
    state, key = st.session_state, f"{page.settings.page}.opened"
    before, held = state.get(key, ("", frozenset()))
    answered = {name for name, is_found in found.items() if is_found}
    held = answered if opened != before else held - (found.keys() - answered)
    question = f"{page.settings.page}.{part}.question"
    if state.get(f"{question}.showing"):
        held = held - {state[question]}
    state[key] = opened, held
    return {name: name in answered - held for name in found}


def line(page, part: str, found: dict[str, bool], answers: dict[str, dict]) -> None:
    """Show one of the section's questions, with a hint, a way to be shown the answer, and the way to the next.

    found: of each question, whether what is set now answers it; answers: the settings that do, or a function that does
    it and returns the settings that show it; its `label` is the text key of the button, if not that of "Show me".
    """
    if not found:
        return
    state, words = st.session_state, page.words
    key = f"{page.settings.page}.{part}.question"
    hint, showing = f"{key}.hint", f"{key}.showing"
    names = list(found)
    if state.get(key) not in names:
        state[key] = next((name for name in names if _id(page, name) not in known()), names[0])
    was_shown = state.get(showing, False)
    now_found = [name for name in names if found[name] and _id(page, name) not in known()]
    known().update(dict.fromkeys((_id(page, name) for name in now_found), "shown" if was_shown else "found"))
    if now_found and not was_shown and state[key] not in now_found:
        state[key] = now_found[0]  # whatever was asked: this is what was found
    name = state[key]
    if found[name]:
        state.pop(showing, None)

    def go_on() -> None:
        state.pop(showing, None)
        state[key] = names[(names.index(name) + 1) % len(names)]
        state[hint] = False

    def show() -> None:
        state[showing] = True
        found_by = answers[name]
        page.settings.set(**(found_by() if callable(found_by) else found_by))

    icon = ICONS[known().get(_id(page, name))]
    with st.container(key=f"question-{part}", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        asked = [f"{icon} {words(f'questions.{name}.ask')}"]
        if state.get(hint):
            asked.append(f":material/lightbulb: {words(f'questions.{name}.hint')}")
        st.markdown("\n\n".join(asked))
        if not state.get(hint):
            st.button(
                words("question.hint"),
                key=f"{key}.ask_hint",
                type="tertiary",
                on_click=state.update,
                args=({hint: True},),
            )
        elif name in answers:
            label = getattr(answers[name], "label", "question.show")
            st.button(words(label), key=f"{key}.show", type="tertiary", on_click=show)
        prediction.offer(page, part)
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
    """Show the answer to the present question below the figure, from when it is found until it is closed.

    It stays while one moves on, so that nothing jumps as a slider goes back and forth; another question takes it away.
    """
    state = st.session_state
    key = f"{page.settings.page}.{part}.question"
    name, opened, before = state.get(key), f"{key}.opened", f"{key}.answered"
    if name not in found:
        return
    if state.get(opened) != name:
        state.pop(opened, None)
    if found[name] and state.get(before) != name:
        state[opened] = name
    state[before] = name if found[name] else None
    if opened in state:
        with st.container(key=f"answer-{part}"):
            st.success(page.words(f"questions.{name}.answer"))
            st.button(
                "",
                key=f"{key}.close",
                icon=":material/close:",
                help=page.words("question.close"),
                type="tertiary",
                on_click=state.pop,
                args=(opened, None),
            )


def _id(page, name: str) -> str:
    return f"{page.settings.page}.{name}"


def worksheet(page, place: str, found: dict[str, bool]) -> None:
    """Show all questions as they are seen on paper alone (print.css), where nothing opens: with room to answer."""
    asked = [
        "\n\n    ".join(
            page.words(f"questions.{name}.{part}") for part in (("ask", "answer") if answered else ("ask",))
        )
        for name, answered in found.items()
    ]
    with st.container(key=f"{page.settings.page}.worksheet.{place}"):
        st.markdown("\n\n".join([f"**{page.words('try_this')}**", *(f"1. {text}" for text in asked)]))
