"""A plotly figure that changes in place, so that the camera, zoom and hover survive every update."""

import plotly.graph_objects as go
import streamlit as st

from explorer.components import assets
from explorer.shell.texts import Words

_mount = assets.component("live_figure")


def live_figure(
    figure: go.Figure,
    key: str,
    words: Words,
    alt: str,
    subject: str = "",
    height: int = 420,
    follow: dict | None = None,
    code: str = "",
    group: str = "",
) -> None:
    """Show `figure`, with its menu: picture, drawing, numbers, code.

    alt: a sentence that says what the picture shows, with its numbers, for those who cannot see it.
    subject: as long as it stays the same, camera and zoom stay; a new one is a new picture.
    follow: {"board": key, "points": [{"x": name, "y": name, "colour": "var(--accent)"}]}: points that move with
    the values that a board publishes, in the same frame, over a two-dimensional figure. Its "traces" are traces of
    the figure of which the board publishes whole arrays: [{"trace": 0, "y": name}].
    code: the few lines of Python that compute what is shown.
    group: figures with one name turn together.
    """
    data = {
        "figure": figure.to_json(),
        "name": key.replace(".", "-"),
        "words": words.table("figure"),
        "alt": alt,
        "subject": subject or key,
        "height": height,
        "follow": follow,
        "code": code,
        "group": group,
    }
    _mount(key=key, data=data)


def captioned_figure(figure: go.Figure, key: str, words: Words, alt: str, **options) -> None:
    """Show `figure` as `live_figure` does, with its `options`, and what it shows in words below it."""
    live_figure(figure, key, words, alt, **options)
    st.caption(alt)
