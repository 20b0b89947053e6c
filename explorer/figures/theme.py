"""One look for all figures: a plotly template, and one colour for each class on every page.

The strings "var(--text)", "var(--quiet)", "var(--line)", "var(--ground)" and "var(--accent)" stand for colours
of the theme; the live figure puts them in, since only the browser knows whether light or dark is shown.
"""

import plotly.graph_objects as go

# Petroff (2021), "Accessible Color Sequences for Data Visualization", arXiv:2107.02270: ten colours that
# people with colour-vision deficiencies can tell apart.
CLASS_COLOURS = [
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
]  # fmt: skip

# From little to much in tints of the accent: even in lightness, and quiet enough for a point or a line on it.
SEQUENTIAL = [[0, "#e6e9fb"], [0.25, "#bcc5f5"], [0.5, "#8e9bea"], [0.75, "#6272dd"], [1, "#3a48c4"]]

_AXIS = {
    "gridcolor": "var(--line)",
    "zerolinecolor": "var(--line)",
    "linecolor": "var(--quiet)",
    "automargin": True,
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

_TEMPLATE = TEMPLATE.to_plotly_json()


def figure(*traces, **layout) -> go.Figure:
    """Return a figure of `traces` in the explorer's look."""
    # Plotly Express leaves out plotly's own checks in this way: they take longer than everything else on a page.
    return go.Figure(data=list(traces), layout={"template": _TEMPLATE, **layout}, _validate=False)
