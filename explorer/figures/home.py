"""The small pictures of the home page: one for each page, without axes to read off."""

import plotly.graph_objects as go

from explorer.figures.theme import CLASS_COLOURS, figure

_HIDDEN = {"showgrid": False, "showticklabels": False, "zeroline": False}
_LINES = [{"color": "var(--accent)", "width": 3}, {"color": "var(--quiet)", "width": 2, "dash": "dot"}]


def curves(x, curves: dict[str, list], floor: tuple[float, str] | None = None) -> go.Figure:
    """Draw up to two named curves over `x`, and a named level if there is one."""
    traces = [
        go.Scatter(x=x, y=y, name=name, mode="lines", line=line)
        for (name, y), line in zip(curves.items(), _LINES, strict=False)
    ]
    drawn = _small(*traces)
    if floor:
        level, name = floor
        drawn.add_hline(level, line={"color": "var(--quiet)", "width": 1, "dash": "dash"}, annotation_text=name)
    return drawn


def class_bars(values, classes: list[str]) -> go.Figure:
    """Draw one bar for each class in its colour."""
    names = [name if value > 0.1 else "" for name, value in zip(classes, values, strict=True)]
    bars = go.Bar(x=classes, y=values, text=names, textposition="outside", marker={"color": CLASS_COLOURS})
    return _small(bars).update_layout(showlegend=False)


def stacked(parts: dict[str, float]) -> go.Figure:
    """Draw one bar made of named parts."""
    colours = ["var(--quiet)", "var(--accent)"]
    traces = [
        go.Bar(
            x=[value],
            y=[""],
            name=name,
            orientation="h",
            marker={"color": colour},
            text=[f"{name} {value:.3f}"],
            width=0.5,
            insidetextanchor="middle",
            insidetextfont={"color": "var(--ground)"},
        )
        for (name, value), colour in zip(parts.items(), colours, strict=True)
    ]
    return _small(*traces).update_layout(barmode="stack", showlegend=False, xaxis_range=[0, sum(parts.values())])


def _small(*traces) -> go.Figure:
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 12}}
    margin = {"l": 4, "r": 4, "t": 28, "b": 4}
    return figure(*traces, showlegend=True, xaxis={**_HIDDEN}, yaxis={**_HIDDEN}, margin=margin, legend=legend)
