"""The script that Streamlit runs for every visit: page setup, language, navigation."""

from pathlib import Path

import streamlit as st

from explorer.shell import texts
from explorer.shell.page import PAGES, language, language_switch, page_path, read_language

read_language()
words = texts.load(language(), "home")
st.set_page_config(page_title=words("site"), page_icon="📊", layout="wide")
pages = [
    st.Page(page_path(name), title=words(f"pages.{name}"), url_path=url_path or None, default=not url_path)
    for name, url_path in PAGES.items()
]
st.html(Path(__file__).with_name("main.css"))
embedded = st.context.is_embedded  # in a frame of another site, which has its own way around
current = st.navigation(pages, position="hidden" if embedded else "top")
if not embedded:
    with st.container(horizontal=True, horizontal_alignment="right"):
        language_switch()
current.run()
