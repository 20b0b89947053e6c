"""A section: one view of a page. It supplies the parts, and the stage lays them out, the same way on every page."""

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from explorer.stage import prediction, questions


class Section:
    """One view of a page, made anew for every rerun of the script: `__init__` computes what its parts share.

    The controls stand at the left, the figure at the right, both on the first screen. The text below explains what the
    visitor has just seen.
    """

    # Named situations: each sets these settings.
    presets: Mapping[str, dict] = MappingProxyType({})
    # For each question, the settings that answer it.
    answers: Mapping[str, dict] = MappingProxyType({})

    def __init__(self, page):
        self.page = page
        self.now = page.now
        self.words = page.words

    def common(self) -> None:
        """Show, beside the presets, what all sections of the page have in common."""

    def controls(self) -> None:
        """Show what can be moved, and the verdict."""

    def figure(self) -> None:
        """Show what it moves."""

    def text(self) -> None:
        """Explain it."""

    def found(self) -> dict[str, bool]:
        """Return, for each question, whether what is set now answers it."""
        return {}

    def choice(self, name: str, label: str, options: tuple[str, ...] = (), **more) -> None:
        """Show the choice between the few options of the setting `name`, or some of them, by their names in the words.

        more: further arguments of `st.segmented_control`.
        """
        st.segmented_control(
            label,
            options or self.page.settings.specs[name].options,
            format_func=lambda option: self.words(f"{name}.{option}"),
            required=True,
            width="content",
            **more,
            **self.page.settings.widget(name),
        )

    def announce(self, *sentences: str, seen: bool = True) -> None:
        """Show what a move has brought about. A screen reader reads it aloud, also where it is not `seen`."""
        with st.container(key=f"{'live' if seen else 'said-live'}-{type(self).__name__.lower()}"):
            for sentence in sentences:
                st.caption(sentence)

    def code(self) -> str:
        """Return the few lines of Python that compute the figure, or "" where there are none."""
        return ""

    def show_code(self) -> None:
        """Show the code; for a section that has more than those few lines."""
        if code := self.code():
            self.page.code(code)


def draw(page, name: str, section: Section, titled: bool) -> None:
    """Lay a section out: the question of the moment, the stage, the text and the code.

    titled: whether its name stands above it, as where a link shows several.
    """
    if titled:
        st.subheader(page.words(f"part.{name}"), anchor=False)
    if situation := prediction.opened(page, name):
        prediction.draw(page, name, situation)
        return
    found = section.found() if page.shows("questions") else {}
    questions.line(page, name, found, section.answers)
    with st.container(key=f"section-{name}"):
        # On a phone the figure comes first; a keyboard meets the controls first everywhere.
        presets = st.container(key=f"stage-controls-presets-{name}", horizontal=True, gap="small")
        controls = st.container(key=f"stage-controls-{name}", gap="small")
        figure = st.container(key=f"stage-figure-{name}", gap="small")
    with presets:
        page.preset_pills(name, section.presets)
        section.common()
    with controls:
        section.controls()
    with figure:
        section.figure()
        questions.answer(page, name, found)
    if page.shows("text"):
        with st.container(key=f"text-{name}"):
            section.text()
    if found:
        questions.worksheet(page, name, found)
    section.show_code()
