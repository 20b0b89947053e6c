"""The figures of the page on logistic regression."""

from dataclasses import dataclass

import plotly.graph_objects as go

from explorer.figures.surface import surface_figure
from explorer.figures.theme import CLASS_COLOURS, figure

# The colours of label 0 and label 1: on light and on dark ground, lines in both can be made out.
LABEL_COLOURS = (CLASS_COLOURS[0], CLASS_COLOURS[6])


@dataclass(frozen=True)
class Curve:
    """A named curve, in the colour of a label; `dash` in plotly's words."""

    name: str
    y: object
    label: int
    dash: str = "solid"


def curves_figure(z, curves: list[Curve], y_title: str, y_range: tuple[float, float]) -> go.Figure:
    """Draw curves over the logit z."""
    traces = [
        go.Scatter(
            x=z,
            y=curve.y,
            name=curve.name,
            mode="lines",
            showlegend=curve.dash == "solid",
            line={"color": LABEL_COLOURS[curve.label], "width": 3 if curve.dash == "solid" else 2, "dash": curve.dash},
            hovertemplate="z %{x:.2f}<br>%{y:.4f}<extra>" + curve.name + "</extra>",
        )
        for curve in curves
    ]
    return figure(
        *traces,
        xaxis={"title": {"text": "z"}},
        yaxis={"title": {"text": y_title}, "range": list(y_range)},
    )


def standing_figure(surface, titles, x, y, heights, names: tuple[str, str], contours: bool) -> go.Figure:
    """Draw a surface over two features with the samples `x` (m × 2) at the height of their labels `y`.

    A stem leads from each sample to the surface, at `heights`. Seen from above (`contours`) the samples are
    dots, and the boundary is the line where the surface is 1/2. `names` are those of label 0 and label 1.
    """
    drawn = surface_figure(surface, titles, contours=contours, z_range=(0.0, 1.0))
    if contours:
        drawn.add_trace(_boundary(surface))
    else:
        # Half of the samples stand behind the surface, or below it.
        drawn.update_traces(opacity=0.6, selector={"type": "surface"}).update_scenes(zaxis_range=(-0.04, 1.04))
    for label in (0, 1):
        chosen = y == label
        mark = {
            "size": 9 if contours else 4,
            "color": LABEL_COLOURS[label],
            "line": {"color": "var(--ground)", "width": 1},
        }
        hover = "x₁ %{x:.2f}<br>x₂ %{y:.2f}<extra>" + names[label] + "</extra>"
        at = {"x": x[chosen, 0], "y": x[chosen, 1], "name": names[label], "hovertemplate": hover}
        if contours:
            drawn.add_trace(go.Scatter(**at, mode="markers", marker=mark))
        else:
            drawn.add_trace(_stems(x[chosen], heights[chosen], label))
            drawn.add_trace(go.Scatter3d(**at, z=y[chosen], mode="markers", marker=mark))
    return drawn.update_layout(showlegend=False)


def _boundary(surface) -> go.Contour:
    return go.Contour(
        x=surface.x,
        y=surface.y,
        z=surface.z,
        contours={"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"},
        line={"color": "var(--text)", "width": 3},
        showscale=False,
        hoverinfo="skip",
    )


def _stems(x, heights, label) -> go.Scatter3d:
    """One line for all stems; None lifts the pen between them."""
    pen_up = [None] * len(x)
    return go.Scatter3d(
        x=[value for point in zip(x[:, 0], x[:, 0], pen_up, strict=True) for value in point],
        y=[value for point in zip(x[:, 1], x[:, 1], pen_up, strict=True) for value in point],
        z=[value for height in heights for value in (label, height, None)],
        mode="lines",
        line={"color": LABEL_COLOURS[label], "width": 2},
        hoverinfo="skip",
    )
