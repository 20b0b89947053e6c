"""The script that Streamlit runs for every visit: page setup, language, navigation."""

from pathlib import Path

import streamlit as st

from explorer.components import assets
from explorer.components.presenter import presenter
from explorer.components.progress import progress
from explorer.shell import texts
from explorer.shell.visit import language, language_switch, presenter_moved, presenting, read_visit
from explorer.stage import lecture, questions
from explorer.stage.page import BESIDE, PAGES, page_path

DAY = 86_400  # seconds


@st.fragment(run_every=DAY)
def run_when_connected_again() -> None:
    """An empty fragment with a timer: it keeps what is moved while the connection is lost.

    When the connection comes back, Streamlit has the browser send the states of its widgets again only if a fragment
    ran last or has a timer. A new session, in place of one that the server has forgotten, would not know the fragment
    that ran last; this one runs in every session.
    """


read_visit()
lecture.read()
words = texts.load(language(), "home")  # of any page: only texts that all share are used here
pages = {
    name: st.Page(page_path(name), title=words(f"pages.{name}"), url_path=url_path or None, default=not url_path)
    for name, url_path in (PAGES | BESIDE).items()
}
if not assets.by_route():  # else the page itself brings them
    for sheet in assets.SHEETS:
        st.html(assets.files()[sheet])
run_when_connected_again()
current = st.navigation(list(pages.values()), position="hidden")
here = next(name for name, page in pages.items() if page.url_path == current.url_path)
title = words("site") if here == "home" else f"{current.title} · {words('site')}"
st.set_page_config(page_title=title, page_icon="📊", layout="wide")
if presenting():
    st.html(Path(__file__).with_name("presentation.css"))
    presenter("presenter", words("present"), True, presenter_moved)
elif not st.context.is_embedded:  # a frame of another site has its own way around
    with st.container(key="navigation", horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        with st.container(key="pages", horizontal=True, vertical_alignment="center", wrap=False, gap=None):
            for name, url_path in PAGES.items():
                # Streamlit marks no link as the present page's here.
                with st.container(key=f"page-{url_path or 'home'}{'-here' if name == here else ''}", width="content"):
                    st.page_link(pages[name])
        progress(questions.known(), words("question.progress"), "navigation.progress", questions.remember)
        presenter("presenter", words("present"), False, presenter_moved)
        language_switch()
if round := st.session_state.pop(lecture.ROUND, ""):
    st.switch_page(page_path("guess"), query_params={"round": round})
if (wanted := lecture.shown_page(here)) != here and wanted in pages:
    st.switch_page(page_path(wanted))
current.run()
lecture.bar(words)
