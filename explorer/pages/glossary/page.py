"""The glossary: the words of the pages, each in a sentence or two, with a link to where it can be seen."""

import streamlit as st

from explorer.pages.glossary import TERMS
from explorer.pages.shared import ownership
from explorer.pages.shared.views import link
from explorer.shell.settings import Settings
from explorer.stage.page import open_page

with open_page(Settings("glossary")) as page:
    ownership.mark_present()
    words = page.words
    with st.container(key="text-lead"):
        st.markdown(words("lead"))
    with st.container(key="index"):
        for subject, terms in TERMS.items():
            names = "\u00a0· ".join(f"[{words(f'terms.{term}.name')}](#{term})" for term in terms)
            st.markdown(f"**{words(f'subjects.{subject}')}** {names}")
    for subject, terms in TERMS.items():
        st.header(words(f"subjects.{subject}"), anchor=False)
        with st.container(key=f"blocks-{subject}"):
            for term, view in terms.items():
                with st.container(key=f"block-{term}"):
                    st.subheader(words(f"terms.{term}.name"), anchor=term)
                    st.markdown(words(f"terms.{term}.text"))
                    link(view)
