"""A plotly figure that changes in place, so that camera, zoom and hover are kept in every update."""

import functools
import pickle

import plotly.graph_objects as go

from explorer.components import assets
from explorer.shell.texts import Words

KEPT = 200  # figures, of some ten kilobytes each

_mount = assets.component("live_figure")


def live_figure(
    figure: go.Figure | functools.partial,
    key: str,
    words: Words,
    alt: str,
    subject: str = "",
    height: int = 420,
    follow: dict | None = None,
    code: str = "",
    group: str = "",
    plane: str = "",
) -> None:
    """Show `figure` with its menu: image, SVG, numbers, code.

    figure: the figure itself or, if a board moves it, what draws it, as `partial(surface_figure, …)`. That has to be a
    function of a module, and to draw the same for the same arguments: it is then called only once for them.
    alt: a sentence that says what the figure shows, with its numbers, for those who cannot see it.
    subject: as long as it stays the same, camera and zoom are kept.
    follow: {"board": key}: the board that publishes the arrays that `figures.theme.arrays` names; they move with it in
    the same frame, and so do "points": [{"x": name, "y": name, "colour": "var(--accent)"}] on a two-dimensional figure.
    code: a few lines of Python that compute what is shown.
    group: figures of one group rotate together.
    plane: the name by which a `points_board` finds the plane of a two-dimensional figure, to lay its points on it.
    """
    data = {
        "figure": _drawn(pickle.dumps(figure)) if isinstance(figure, functools.partial) else figure.to_json(),
        "name": key.replace(".", "-"),
        "words": words.table("figure"),
        "alt": alt,
        "subject": subject or key,
        "height": height,
        "follow": follow,
        "code": code,
        "group": group,
        "plane": plane,
    }
    _mount(key=key, data=data)


@functools.lru_cache(maxsize=KEPT)
def _drawn(figure: bytes) -> str:
    """Return as JSON the figure that a pickled partial draws."""
    return pickle.loads(figure)().to_json()
