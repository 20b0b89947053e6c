"""A view: a page with what is set on it, as a link opens it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import streamlit as st

from explorer.shell import texts
from explorer.shell.visit import language, language_query
from explorer.stage.page import page_path


class View(NamedTuple):
    """A page and the settings that a link to it names, as the URL writes them."""

    page: str
    settings: Mapping[str, str] = MappingProxyType({})


def link(view: View) -> None:
    """Show the link to a view by the names of its page and its section. It opens in the same tab."""
    words = texts.load(language(), view.page)
    name = words(f"pages.{view.page}")
    if part := view.settings.get("part"):
        name = f"{name} · {words(f'part.{part}')}"
    st.page_link(
        page_path(view.page),
        label=name,
        icon=":material/arrow_forward:",
        query_params={**view.settings, **language_query()},
    )
