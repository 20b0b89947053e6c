"""The script that Streamlit runs for every visit: page setup, language, navigation."""

from pathlib import Path

import streamlit as st

from explorer.components.presenter import presenter
from explorer.components.progress import progress
from explorer.shell import texts
from explorer.stage import questions
from explorer.stage.page import PAGES, language, language_switch, page_path, presenter_moved, presenting, read_language

read_language()
words = texts.load(language(), "home")
st.set_page_config(page_title=words("site"), page_icon="📊", layout="wide")
pages = [
    st.Page(page_path(name), title=words(f"pages.{name}"), url_path=url_path or None, default=not url_path)
    for name, url_path in PAGES.items()
]
st.html(Path(__file__).with_name("main.css"))
current = st.navigation(pages, position="hidden")
if presenting():
    st.html(Path(__file__).with_name("presentation.css"))
    presenter("presenter", words("present"), True, presenter_moved)
elif not st.context.is_embedded:  # a frame of another site has its own way around
    with st.container(key="navigation", horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        with st.container(key="pages", horizontal=True, vertical_alignment="center", wrap=False, gap=None):
            for page in pages:
                # Streamlit marks no link as the present page's here.
                here = page.url_path == current.url_path
                with st.container(key=f"page-{page.url_path or 'home'}{'-here' if here else ''}", width="content"):
                    st.page_link(page)
        progress(questions.known(), words("question.progress"), "navigation.progress", questions.remember)
        presenter("presenter", words("present"), False, presenter_moved)
        language_switch()
current.run()
