"""One look for all figures: a plotly template, and one colour for each class on every page.

The strings "var(--text)", "var(--quiet)", "var(--line)", "var(--ground)" and "var(--accent)" stand for colours
of the theme; the live figure puts them in, since only the browser knows whether light or dark is shown.
"""

import numpy as np
import plotly.graph_objects as go

# Petroff (2021), "Accessible Color Sequences for Data Visualization", arXiv:2107.02270: ten colours that
# people with colour-vision deficiencies can tell apart. Cat and dog, the fourth and sixth class, are in most examples:
# they are blue and orange, and none of the first four, the classes of the smaller boards, is grey.
CLASS_COLOURS = [
    "#832db6", "#ffa90e", "#bd1f01", "#3f90da", "#94a4a2",
    "#e76300", "#a96b59", "#b9ac70", "#717581", "#92dadd",
]  # fmt: skip

# From little to much in tints of the accent, from dark to light: even in lightness, both ends apart from a light and a
# dark ground, and quiet enough for a point or a line on it.
SEQUENTIAL = [[0, "#2f3aa0"], [0.25, "#4a57c4"], [0.5, "#6d7cdc"], [0.75, "#929feb"], [1, "#b7c2f6"]]

_AXIS = {
    "gridcolor": "var(--line)",
    "zerolinecolor": "var(--line)",
    "linecolor": "var(--quiet)",
    "automargin": True,
    "separatethousands": True,
}
_SCENE_AXIS = {
    "gridcolor": "var(--line)",
    "zerolinecolor": "var(--line)",
    "linecolor": "var(--quiet)",
    "backgroundcolor": "rgba(0,0,0,0)",
}

TEMPLATE = go.layout.Template(
    layout={
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 14},
        "margin": {"l": 8, "r": 8, "t": 24, "b": 8},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "scene": {"xaxis": _SCENE_AXIS, "yaxis": _SCENE_AXIS, "zaxis": _SCENE_AXIS},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "hoverlabel": {
            "bgcolor": "var(--ground)",
            "bordercolor": "var(--line)",
            "font": {"color": "var(--text)"},
        },
    }
)

# Where the ticks of a logarithmic axis stand is left to plotly, which finds some within a decade too; as few of them
# as this are 1, 2 and 5 of each decade, or the powers of ten.
LOG_AXIS = {"type": "log", "exponentformat": "power", "nticks": 6}

# Of a decade, less and less round numbers.
_DECADE = ([1], [1, 3], [1, 2, 5], np.arange(1, 10), np.arange(1, 10, 0.5), np.arange(1, 10, 0.1))

_TEMPLATE = TEMPLATE.to_plotly_json()


def figure(*traces, **layout) -> go.Figure:
    """Return a figure of `traces` in the explorer's look."""
    # Plotly Express leaves out plotly's own checks in this way: they take longer than everything else on a page.
    return go.Figure(data=list(traces), layout={"template": _TEMPLATE, **layout}, _validate=False)


def titled(drawn: go.Figure, title: str) -> go.Figure:
    """Write `title` above what is drawn, or into the empty corner of a scene; return `drawn`."""
    is_scene = any(trace.type in ("surface", "scatter3d") for trace in drawn.data)
    place = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left"}
    drawn.add_annotation(text=f"<b>{title}</b>", showarrow=False, yanchor="top" if is_scene else "bottom", **place)
    return drawn if is_scene else drawn.update_layout(margin={"t": 34})


def square(drawn: go.Figure, low: float, high: float) -> go.Figure:
    """Have both axes go from `low` to `high` at one scale, as high in its place as there is room; return `drawn`."""
    axis = {"range": [low, high], "constrain": "domain"}
    return drawn.update_layout(xaxis=axis, yaxis=axis | {"scaleanchor": "x", "constraintoward": "top"})


def arrays(**given) -> dict:
    """Return what a trace is given: arrays as they are, and for a name (str) the array that a board publishes under it.

    That array is the browser's alone, which puts it in before it draws.

    >>> arrays(x=[1, 2], y="curve")
    {'x': [1, 2], 'meta': {'board': {'y': 'curve'}}}
    """
    names = {attribute: value for attribute, value in given.items() if isinstance(value, str)}
    kept = {attribute: value for attribute, value in given.items() if attribute not in names}
    return kept | ({"meta": {"board": names}} if names else {})


def log_ticks(low: float, high: float) -> np.ndarray:
    """Return few round numbers from `low` to `high`, both above 0, for a scale that has no ticks of its own.

    The rounder ones come first: others stand only where there is room between them.

    >>> log_ticks(1e-4, 2.0).tolist(), log_ticks(0.31, 0.75).tolist()
    ([0.0001, 0.001, 0.01, 0.1, 1.0], [0.4, 0.5, 0.6, 0.7])
    """
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    # The closest that two may stand, in decades: on the shortest scale their words do not touch.
    apart = np.log10(high / low) / 6 * (1 - 1e-9)
    ticks = np.empty(0)
    for steps in _DECADE:
        for tick in np.outer(decades, steps).ravel():
            if low <= tick <= high and (np.abs(np.log10(ticks / tick)) >= apart).all():
                ticks = np.append(ticks, tick)
        if len(ticks) >= 4:
            break
    return np.array([float(f"{tick:.2g}") for tick in np.sort(ticks)])
