"""The script that Streamlit runs for every visit: page setup, language, navigation."""

from pathlib import Path

import streamlit as st

from explorer.shell import texts
from explorer.shell.browser import language, language_switch, read_language
from explorer.shell.page import PAGES, page_path

DAY = 86_400  # seconds


@st.fragment(run_every=DAY)
def run_when_connected_again() -> None:
    """Have the page run with all that the browser holds once a lost connection is back.

    What was moved meanwhile, or was on its way, would be lost: Streamlit only does so by itself where a fragment ran
    last or is to run after a time. Nor would a session that the server has forgotten know its fragments.
    """


read_language()
words = texts.load(language(), "home")
pages = [
    st.Page(page_path(name), title=words(f"pages.{name}"), url_path=url_path or None, default=not url_path)
    for name, url_path in PAGES.items()
]
for sheet in ("main.css", "print.css"):
    st.html(Path(__file__).with_name(sheet))
run_when_connected_again()
embedded = st.context.is_embedded  # in a frame of another site, which has its own way around
current = st.navigation(pages, position="hidden" if embedded else "top")
title = words("site") if current.title == words("pages.home") else f"{current.title} · {words('site')}"
st.set_page_config(page_title=title, page_icon="📊", layout="wide")
if not embedded:
    with st.container(horizontal=True, horizontal_alignment="right"):
        language_switch()
current.run()
