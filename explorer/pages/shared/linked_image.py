"""The image whose logits a link has carried here, beside them."""

import html

import numpy as np
import streamlit as st

from explorer.images.sheets import image_url
from explorer.pages.shared.lookup import folder, names_of, usable
from explorer.runs.results import Results
from explorer.stage.page import Page, page_path

STYLE = "image-rendering: pixelated; border-radius: 8px; display: block"


def show(page: Page) -> None:
    """Show the image that the setting `photo` names, if it can be had, and the way back to it."""
    run, _, sample = page.now.photo.rpartition(".")
    place = folder(run)
    try:
        results = Results(place) if place else None
    except (OSError, ValueError):
        results = None
    if results is None or results.images is None or int(sample) >= len(results.labels):
        return
    words, i = page.words, int(sample)
    logits = results.path_of(i, usable(results))
    z = np.asarray(page.now.z)
    same = z.shape == (logits.shape[1],) and bool(np.isclose(logits, z, rtol=0, atol=6e-5).all(axis=1).any())
    y = names_of(words, results.classes)[results.labels[i]]
    told = words(f"carried.{'same' if same else 'moved'}", i=str(i), y=y)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        address = image_url(results.images[i][np.newaxis])
        st.html(
            f'<img src="{address}" alt="{html.escape(told)}" width="88" height="88" style="{STYLE}">', width="content"
        )
        with st.container(gap="small"):
            st.caption(told)
            st.page_link(
                page_path("results"),
                label=words("carried.back"),
                icon=":material/arrow_back:",
                query_params={"run": run, "sample": str(i)},
            )
