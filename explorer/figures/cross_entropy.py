"""The figures of the cross-entropy page: losses along a logit, the simplex, one hump fitted to two."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.surface import MARK
from explorer.figures.theme import SEQUENTIAL, arrays, figure, titled
from explorer.maths.divergence import Fit
from explorer.maths.surfaces import simplex_xy

ENTROPY, CROSS_ENTROPY, DIVERGENCE, REVERSE = "H(p)", "H(p,q)", "D<sub>KL</sub>(p‖q)", "D<sub>KL</sub>(q‖p)"

# The tints of the levels are the same in light and dark, and so is what is drawn on them.
_DARK, _LIGHT = "#1b1f2a", "#ffffff"
_HEIGHT = np.sqrt(3) / 2


def loss_lines(f, titles: tuple[str, str]) -> go.Figure:
    """Draw the board's H(p,q) and D_KL(p‖q) along a logit `f`, with the floor H(p) under the one.

    `titles` name the axes.
    """
    curves = (
        (CROSS_ENTROPY, "line_cross_entropy", {"color": "var(--text)", "width": 3}),
        (ENTROPY, "line_entropy", {"color": "var(--text)", "width": 1.5, "dash": "dash"}),
        (DIVERGENCE, "line_divergence", {"color": "var(--accent)", "width": 3}),
    )
    traces = [go.Scatter(**arrays(x=f, y=y), name=name, mode="lines", line=style) for name, y, style in curves]
    return _over_logit(*traces, titles=titles, yaxis={"rangemode": "tozero"})


def gradient_lines(f, titles: tuple[str, str]) -> go.Figure:
    """Draw the board's q_k − p_k along a logit `f`, and on it the slopes that it measures on both losses.

    `titles` name the axes.
    """
    slope_of_h, slope_of_d = (arrays(x=f[::5], y=f"slope_{loss}") for loss in ("cross_entropy", "divergence"))
    ring = {"symbol": "circle-open", "size": 13, "color": "var(--text)", "line": {"width": 2}}
    cross = {"symbol": "x-thin", "size": 8, "color": "var(--text)", "line": {"width": 2, "color": "var(--text)"}}
    slopes = f"∂{CROSS_ENTROPY}", f"∂{DIVERGENCE}"
    return _over_logit(
        go.Scatter(
            **arrays(x=f, y="line_gradient"),
            name="q<sub>k</sub> − p<sub>k</sub>",
            mode="lines",
            line={"color": "var(--accent)", "width": 3},
        ),
        go.Scatter(**slope_of_h, name=slopes[0], mode="markers", marker=ring),
        go.Scatter(**slope_of_d, name=slopes[1], mode="markers", marker=cross),
        titles=titles,
        yaxis={"range": [-1.05, 1.05]},
    )


def _over_logit(*traces, titles: tuple[str, str], yaxis: dict) -> go.Figure:
    """Draw over a logit; the margin at the left is the same for all, so that two such figures line up."""
    x_title, y_title = titles
    return figure(
        *traces,
        xaxis={"title": {"text": x_title}},
        yaxis=yaxis | {"title": {"text": y_title}},
        hovermode="x unified",
        margin={"l": 64, "r": 8, "t": 24, "b": 8},
    )


def simplex_levels(p, levels: dict[str, np.ndarray], path, classes: list[str]) -> go.Figure:
    """Draw level sets in the simplex, p, and a path of q (steps × 3).

    `levels` holds the outline (rows of q) of each set under its name, from the smallest to the largest.
    """
    corners = np.array(simplex_xy(np.eye(3)))
    traces = [_area(*corners, _tint(1.0))]
    count = len(levels)
    outlines = [np.array(simplex_xy(outline)) for outline in levels.values()]
    for index, (name, outline) in reversed(list(enumerate(zip(levels, outlines, strict=True)))):
        traces.append(_area(*outline, _tint(index / count), name))
    # The names stand where the ray from p towards the most distant corner leaves each set, as far as they fit.
    centre = np.array(simplex_xy(p))
    corner = corners[:, int(np.argmin(p))]
    away = corner - centre
    last = centre
    for index, (name, outline) in enumerate(zip(levels, outlines, strict=True)):
        rays = outline - centre[:, np.newaxis]
        here = outline[:, int(np.argmax(away @ rays / (np.hypot(*rays) + 1e-9)))]
        if np.hypot(*(here - last)) < 0.1 or np.hypot(*(here - corner)) < 0.08:
            continue
        last = here
        font = {"color": _LIGHT if index < count / 2 else _DARK}
        label = {"text": [name], "mode": "text", "textfont": font, "meta": {"shows": "text"}, "hoverinfo": "skip"}
        traces.append(go.Scatter(x=here[:1], y=here[1:], **label))
    x, y = simplex_xy(path)
    marker = {"size": 6, "color": _DARK, "line": {"color": _LIGHT, "width": 1}}
    hover = "<br>".join(f"q({name}) %{{customdata[{k}]:.4f}}" for k, name in enumerate(classes)) + "<extra></extra>"
    traces.append(
        go.Scatter(
            x=x,
            y=y,
            customdata=path,
            hovertemplate=hover,
            mode="lines+markers",
            marker=marker,
            line={"color": _LIGHT, "width": 2},
            name="q",
        )
    )
    x, y = simplex_xy(p)
    mark = {"size": 13, "symbol": "x", "color": _DARK, "line": {"color": _LIGHT, "width": 1.5}}
    traces.append(go.Scatter(x=[x], y=[y], name="p", mode="markers", marker=mark, hovertemplate="p<extra></extra>"))
    hidden = {"visible": False, "fixedrange": True}
    places = [(0, -0.06), (1, -0.06), (0.5, _HEIGHT + 0.06)]
    named = [{"x": x, "y": y, "text": name, "showarrow": False} for (x, y), name in zip(places, classes, strict=True)]
    return figure(
        *traces,
        xaxis={**hidden, "range": [-0.12, 1.12]},
        yaxis={**hidden, "range": [-0.12, _HEIGHT + 0.12], "scaleanchor": "x"},
        annotations=named,
        showlegend=False,
        margin={"l": 0, "r": 0, "t": 8, "b": 8},
    )


def simplex_relief(rings, ring_heights, path, heights, classes: list[str], title: str) -> go.Figure:
    """Draw a function over the simplex as a surface, and a path of q (steps × 3) on it with its `heights`.

    `rings` (levels × rays × 3) are level sets around the lowest point, with the function's values
    `ring_heights` (levels × rays).
    """
    low, top = float(np.min(ring_heights)), float(np.max(ring_heights))
    x, y = simplex_xy(rings)
    hover = f"{title} %{{z:.4f}}<extra></extra>"
    shown = np.asarray(heights) <= top
    path_x, path_y = simplex_xy(path)
    corners = np.array(simplex_xy(np.eye(3)[[0, 1, 2, 0]]))
    named = [
        {"x": cx, "y": cy, "z": top, "text": name, "showarrow": False, "font": {"color": "var(--text)"}}
        for (cx, cy), name in zip(corners.T[:3] * 1.2 - [0.1, 0.2 * _HEIGHT / 3], classes, strict=True)
    ]
    bare = {"visible": False}
    return figure(
        go.Surface(
            x=x,
            y=y,
            z=ring_heights,
            colorscale=SEQUENTIAL,
            showscale=False,
            hovertemplate=hover,
            contours={
                "z": {
                    "show": True,
                    "color": "rgba(255,255,255,0.35)",
                    "start": low,
                    "end": top,
                    "size": (top - low) / 10,
                }
            },
        ),
        go.Scatter3d(
            x=corners[0],
            y=corners[1],
            z=[low] * 4,
            mode="lines",
            line={"color": "var(--quiet)", "width": 3},
            hoverinfo="skip",
        ),
        go.Scatter3d(
            x=path_x[shown],
            y=path_y[shown],
            z=np.asarray(heights)[shown] + 0.01 * (top - low),
            mode="lines+markers",
            line={"color": MARK, "width": 5},
            marker={"size": 4, "color": MARK},
            hoverinfo="skip",
        ),
        scene={
            "xaxis": bare | {"range": [-0.15, 1.15]},
            "yaxis": bare | {"range": [-0.2, 1.05]},
            "zaxis": {"title": {"text": title}, "range": [low - 0.02 * (top - low), top]},
            "camera": {"eye": {"x": 0.2, "y": -0.98, "z": 2.0}, "center": {"x": -0.1, "y": -0.08, "z": -0.15}},
            "aspectmode": "manual",
            "aspectratio": {"x": 1.5, "y": 1.44, "z": 0.6},
            "annotations": named,
        },
        showlegend=False,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )


def fit_figure(x, p, fit: Fit, title: str) -> go.Figure:
    """Draw the two humps p as an area and the fitted q as a line, both as densities, on one scale for all."""
    width = x[1] - x[0]
    drawn = figure(
        go.Scatter(x=x, y=p / width, name="p", mode="lines", line={"color": "var(--quiet)"}, fill="tozeroy"),
        go.Scatter(x=x, y=fit.q / width, name="q", mode="lines", line={"color": "var(--accent)", "width": 3}),
        xaxis={"title": {"text": "x"}, "range": [-9, 9]},
        yaxis={"range": [0, 0.46]},
        legend={"x": 1, "xanchor": "right", "y": 1, "yanchor": "top"},
    )
    return titled(drawn, title)


def _area(x, y, colour: str, name: str = "") -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        name=name,
        mode="lines",
        fill="toself",
        fillcolor=colour,
        line={"color": "rgba(255,255,255,0.55)", "width": 1},
        hoverinfo="skip",
    )


def _tint(share: float) -> str:
    """Return the colour at `share` (0 to 1) of the sequential scale."""
    places = [place for place, _ in SEQUENTIAL]
    channels = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for _, colour in SEQUENTIAL])
    mixed = [round(float(np.interp(share, places, channel))) for channel in channels.T]
    return f"rgb({mixed[0]},{mixed[1]},{mixed[2]})"
