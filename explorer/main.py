"""The script that Streamlit runs for every visit: page setup, language, navigation."""

from pathlib import Path

import streamlit as st

from explorer import frame
from explorer import words as texts

frame.read_language()
words = texts.load(frame.language(), "home")
st.set_page_config(page_title=words("site"), page_icon="📊", layout="wide")
pages = [
    st.Page(frame.path(name), title=words(f"pages.{name}"), url_path=url_path or None, default=not url_path)
    for name, url_path in frame.PAGES.items()
]
st.html(Path(__file__).with_name("main.css"))
embedded = st.context.is_embedded  # in a frame of another site, which has its own way around
current = st.navigation(pages, position="hidden" if embedded else "top")
if not embedded:
    with st.container(horizontal=True, horizontal_alignment="right"):
        frame.language_switch()
current.run()
