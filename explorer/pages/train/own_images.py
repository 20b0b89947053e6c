"""Images that a visitor brings as a ZIP file, to train on: where they are chosen, and what has come."""

import html

import streamlit as st

from explorer import runs
from explorer.components.run_upload import opened
from explorer.images.sheets import image_url
from explorer.pages.shared.upload import upload
from explorer.protocol.data_sources import FEWEST
from explorer.runs import own_images
from explorer.runs.own_images import OwnImages
from explorer.runs.storage import KEPT, OWN_IMAGES
from explorer.shell.texts import Words, plain

ID = "train.own_images"  # of the images that this session has brought
AREA = "train.images_upload"
EXAMPLES = 6  # of each class


def brought() -> OwnImages | None:
    """Return the images that this session has brought, None if there are none, or none any more."""
    id = st.session_state.get(ID)
    return own_images.find(id, runs.of_this_server().limits.folder) if id else None


def show(words: Words, own: OwnImages | None) -> None:
    """Show the images as the network will see them, and where others can be chosen; without any, that alone."""
    if own is None:
        _choose(words)
        return
    st.markdown(words("images_upload.here", count=sum(own.counts), classes=len(own.classes)))
    st.html(_sheet(own))
    if own.left_out:
        left_out = {"count": f"{own.left_out['count']:,}", "first": plain(own.left_out["first"])}
        st.caption(words("images_upload.left_out", **left_out))
    with st.popover(words("images_upload.other_images"), icon=":material/folder_zip:", type="tertiary"):
        _choose(words)


def show_place(words: Words) -> None:
    """Show, where the figure will be, that the images come there, and which are allowed."""
    look = {"horizontal_alignment": "center", "vertical_alignment": "center"}
    with st.container(key="awaited-images", border=True, height="stretch", **look):
        st.subheader(words("images_upload.place"), anchor=False)
        st.markdown(words("images_upload.place_text", least=FEWEST))


def _choose(words: Words) -> None:
    if upload(AREA, words, _take, "images"):
        hours = min(KEPT[OWN_IMAGES] / 3600, runs.of_this_server().limits.keep_hours or float("inf"))
        st.caption(words("images_upload.how", least=FEWEST))
        st.caption(words("images_upload.where", hours=f"{hours:g}"))


def _take() -> None:
    """Keep the id of the images that have come; who knows it may train on them."""
    id = opened(st.session_state.get(AREA))
    if own_images.find(id, runs.of_this_server().limits.folder):
        st.session_state[ID] = id


def _sheet(own: OwnImages) -> str:
    """Return some images of each class, beside its name and how many there are, as HTML."""
    rows = []
    for name, count, images in zip(own.classes, own.counts, own.examples(EXAMPLES), strict=True):
        row = images.swapaxes(0, 1).reshape(1, 32, -1, 3)  # beside each other
        style = f"height: 32px; width: {32 * len(images)}px; image-rendering: pixelated; border-radius: 4px"
        image = f'<img src="{image_url(row)}" alt="" style="{style}">'
        called = f'<th scope="row" style="overflow-wrap: anywhere">{html.escape(name)}</th>'
        rows.append(f"<tr><td>{image}</td>{called}<td>{count:,}</td></tr>")
    return f"<table>{''.join(rows)}</table>"
