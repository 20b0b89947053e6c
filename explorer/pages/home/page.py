"""Home: something to touch at once, and below it what there is to find out on every page."""

import streamlit as st

from explorer.pages.home.cards import cards
from explorer.pages.home.hero import REACH, START, Hero
from explorer.pages.shared import ownership, photographs
from explorer.shell.kinds import Integer, Numbers
from explorer.shell.settings import Settings
from explorer.stage import section
from explorer.stage.page import open_page, page_path

SETTINGS = Settings("home", z=Numbers(START, -REACH, REACH), y=Integer(0, 0, len(START) - 1))

photographs.welcome(SETTINGS)
with open_page(SETTINGS, titled=False) as page:
    ownership.mark_present()
    words = page.words
    with st.container(key="hero"):
        if page.shows("text"):
            with st.container(key="hero-words"):
                st.title(words("title"), anchor=False)
                st.markdown(words("hero.sentence"))
                with st.container(key="hero-ways"):
                    st.page_link(page_path("logistic_regression"), label=words("hero.lesson"))
                    st.page_link(page_path("train"), label=words("hero.train"))
        page.fragment(lambda: section.draw(page, "hero", Hero(page), titled=False))
    if page.shows("text"):
        cards(page)
