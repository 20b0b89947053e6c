"""The essay behind these pages: its twelve statements, with a number or a figure each, and whether they hold."""

import streamlit as st

from explorer.figures.cards import svg
from explorer.pages.essay.statements import STATEMENTS, Statement
from explorer.pages.shared import ownership
from explorer.pages.shared.views import link
from explorer.shell.numbers import number
from explorer.shell.settings import Settings
from explorer.shell.texts import Words
from explorer.stage.page import open_page

VERDICTS = {"holds": ("green", "check"), "only_if": ("orange", "rule"), "fails": ("red", "close")}


def block(name: str, statement: Statement, words: Words) -> None:
    """Show a statement: what it says, its numbers, whether it holds, and the way to the view where it moves."""
    numbers = {key: number(value) for key, value in statement.numbers().items()}
    colour, icon = VERDICTS[statement.verdict]
    with st.container(key=f"block-{name}"):
        with st.container(key=f"named-{name}", horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.subheader(f"{name.upper()} · {words(f'{name}.title')}", anchor=name, width="content")
            st.badge(words(f"verdict.{statement.verdict}"), icon=f":material/{icon}:", color=colour)
        st.markdown(words(f"{name}.says"))
        if statement.figure:
            st.markdown(svg(statement.figure(), words(f"{name}.alt", **numbers)), unsafe_allow_html=True)
        with st.container(key=f"shown-{name}"):
            st.markdown(words(f"{name}.shown", **numbers))
        st.markdown(words(f"{name}.judged"))
        link(statement.view)


with open_page(Settings("essay")) as page:
    ownership.mark_present()
    with st.container(key="text-lead"):
        st.markdown(page.words("lead"))
    for part, statements in STATEMENTS.items():
        st.header(page.words(f"pages.{part}"), anchor=False)
        with st.container(key=f"blocks-statements-{part}"):
            for name, statement in statements.items():
                block(name, statement, page.words)
