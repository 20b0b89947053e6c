"""A plotly figure that changes in place, so that camera, zoom and hover are kept in every update."""

import plotly.graph_objects as go

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
    """Show `figure` with its menu: image, SVG, numbers, code.

    alt: a sentence that says what the figure shows, with its numbers, for those who cannot see it.
    subject: as long as it stays the same, camera and zoom are kept.
    follow: {"board": key}: the board that publishes the arrays that `figures.theme.arrays` names; they move with it in
    the same frame, and so do "points": [{"x": name, "y": name, "colour": "var(--accent)"}] on a two-dimensional figure.
    code: a few lines of Python that compute what is shown.
    group: figures of one group rotate together.
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
