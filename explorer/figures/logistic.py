"""The figures of the page on logistic regression."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explorer.figures.surface import MARK, RING, look_in, surface_figure
from explorer.figures.theme import CLASS_COLOURS, LOG_AXIS, SEQUENTIAL, arrays, figure, log_ticks
from explorer.maths import three_classes

# The colours of label 0 and label 1: on light and on dark ground, lines in both can be made out.
LABEL_COLOURS = (CLASS_COLOURS[3], CLASS_COLOURS[5])


@dataclass(frozen=True)
class Curve:
    """A named curve, in the colour of a label, or of the text where it belongs to none; `dash` in plotly's words."""

    name: str
    y: object
    label: int | None
    dash: str = "solid"


def _colour(label: int | None) -> str:
    return "var(--text)" if label is None else LABEL_COLOURS[label]


def curves_figure(z, curves: list[Curve], y_title: str, y_range: tuple[float, float]) -> go.Figure:
    """Draw curves over the logit z; their names stand at the right, so that several such figures line up."""
    traces = [
        go.Scatter(
            x=z,
            y=curve.y,
            name=curve.name,
            mode="lines",
            showlegend=curve.dash != "dot",
            line={"color": _colour(curve.label), "width": 3 if curve.dash == "solid" else 2, "dash": curve.dash},
            hovertemplate="z %{x:.2f}<br>%{y:.4f}<extra>" + curve.name + "</extra>",
        )
        for curve in curves
    ]
    return figure(
        *traces,
        xaxis={"title": {"text": "z", "standoff": 4}},
        yaxis={"title": {"text": y_title}, "range": list(y_range)},
        legend={"orientation": "v", "x": 1.01, "y": 0.5, "yanchor": "middle"},
        margin={"l": 64, "r": 8, "t": 8, "b": 8},
    )


def standing_figure(surface, titles, x, y, names: tuple[str, str], contours: bool, best=None) -> go.Figure:
    """Draw a surface over two features with the samples `x` (m × 2) at the height of their labels `y`.

    A stem leads from each sample to the surface, as the weights board publishes it. Seen from above (`contours`) the
    samples are dots, the boundary is the line where the surface is 1/2, and dashed that of the parameters `best`, if
    given. `names` are those of label 0 and label 1.
    """
    drawn = surface_figure(surface, titles, contours=contours, z_range=(0.0, 1.0))
    if contours:
        drawn.add_trace(_boundary(surface))
        if best is not None and np.hypot(*best[:2]) > 0:
            drawn.add_trace(_dashed(best))
    else:
        # Half of the samples stand behind the surface, or below it.
        drawn.update_traces(opacity=0.6, selector={"type": "surface"})
        for label in (0, 1):
            drawn.add_trace(_stems(x[y == label], label))
    for label in (0, 1):
        chosen = y == label
        mark = {"color": LABEL_COLOURS[label], "line": {"color": "var(--ground)", "width": 1}}
        hover = "x₁ %{x:.2f}<br>x₂ %{y:.2f}<extra>" + names[label] + "</extra>"
        at = {"x": x[chosen, 0], "y": x[chosen, 1], "name": names[label], "mode": "markers", "hovertemplate": hover}
        if contours:
            drawn.add_trace(go.Scatter(**at, marker={**mark, "size": 9}))
        else:
            drawn.add_trace(go.Scatter3d(**at, z=y[chosen], marker={**mark, "size": 4}))
    if contours:  # what is drawn over the surface does not widen it
        drawn.update_layout(xaxis_range=[surface.x[0], surface.x[-1]], yaxis_range=[surface.y[0], surface.y[-1]])
    return drawn.update_layout(showlegend=False)


# More dots than this hide one another, and take plotly too long.
FEW = 300


def bars_figure(grid, x, y, names: tuple[str, str]) -> go.Figure:
    """Draw the weights board's sigmoid over one feature, and each sample's p(y|x) as a bar from its label to the curve.

    At a sample of `x` (m) a bar of label 1 stands on 0, one of label 0 hangs from 1, so that its length is the
    probability of the observed label. Up to `FEW` samples have a dot too.
    """
    few = len(x) <= FEW
    traces = []
    for label in (0, 1):
        line = {"color": LABEL_COLOURS[label], "width": max(0.6, min(3.0, 120 / len(x)))}
        bars = arrays(x=f"feet{label}", y=f"bars{label}") | {"line": line}
        traces.append(go.Scatter(**bars, name=names[label], mode="lines", showlegend=not few, hoverinfo="skip"))
    for label in (0, 1):
        at = x[y == label] if few else []
        mark = {"color": LABEL_COLOURS[label], "size": 9 if len(x) <= 100 else 6}
        hover = "x %{x:.2f}<extra>" + names[label] + "</extra>"
        heights = np.full(len(at), label)
        dots = {"x": at, "y": heights, "marker": mark, "hovertemplate": hover}
        traces.append(go.Scatter(**dots, name=names[label], mode="markers", showlegend=few))
    line = {"color": "var(--text)", "width": 3}
    traces.append(go.Scatter(**arrays(x=grid, y="curve"), name="σ(wx + b)", mode="lines", line=line))
    return figure(
        *traces,
        xaxis={"title": {"text": "x"}, "range": [float(grid[0]), float(grid[-1])]},
        yaxis={"range": [-0.06, 1.06]},
    )


def line_figure(x, y, names: tuple[str, str], reach: float) -> go.Figure:
    """Draw samples of one feature `x` (m), from −`reach` to `reach`, at the heights of their labels `y`."""
    traces = [
        go.Scatter(
            x=x[y == label],
            y=y[y == label],
            name=names[label],
            mode="markers",
            marker={"color": LABEL_COLOURS[label], "size": 9},
            hovertemplate="x %{x:.2f}<extra>" + names[label] + "</extra>",
        )
        for label in (0, 1)
    ]
    return figure(
        *traces,
        xaxis={"title": {"text": "x", "standoff": 4}, "range": [-reach, reach]},
        yaxis={"title": {"text": "y"}, "range": [-0.4, 1.4], "tickvals": [0, 1]},
        showlegend=False,
    )


def running_figure(m: int, lowest: float, names: tuple[str, str, str], titles: tuple[str, str]) -> go.Figure:
    """Draw the logarithm of the likelihood of the first k of `m` samples: summed, and of the product where it is not 0.

    Both are the weights board's. `names` are those of both, and of the level of the smallest number above 0, which is
    drawn where the sum's `lowest` value comes near it; `titles` are those of the axes.
    """
    k = np.arange(1, m + 1)
    mode = "lines" if len(k) > 1 else "markers"
    colours = (("var(--accent)", 3), ("var(--text)", 5))
    traces = [
        go.Scatter(**arrays(x=k, y=y), name=name, mode=mode, line={"color": colour, "width": width})
        for y, name, (colour, width) in zip(("log_product", "log_sum"), names[1::-1], colours[::-1], strict=True)
    ]
    x_title, y_title = titles
    y_axis = {"title": {"text": y_title}, "rangemode": "tozero"}
    drawn = figure(*traces, xaxis={"title": {"text": x_title}}, yaxis=y_axis)
    floor = float(np.log(np.nextafter(0, 1)))
    return _level(drawn, floor, names[2]) if lowest < 0.8 * floor else drawn


def _boundary(surface) -> go.Contour:
    return go.Contour(
        **arrays(x=surface.x, y=surface.y, z=surface.z),
        contours={"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"},
        line={"color": "var(--text)", "width": 3},
        showscale=False,
        hoverinfo="skip",
    )


def _dashed(theta) -> go.Scatter:
    """The line w · x + b = 0, longer than any figure is wide."""
    ends = three_classes.line(theta, reach=1e3, points=2)
    line = {"color": "var(--text)", "width": 2, "dash": "dash"}
    return go.Scatter(x=ends[:, 0], y=ends[:, 1], mode="lines", line=line, hoverinfo="skip")


def _stems(x, label) -> go.Scatter3d:
    """Three places for each sample: where its stem begins and ends, and where the board lifts the pen."""
    line = {"color": LABEL_COLOURS[label], "width": 3}
    x1, x2 = (np.repeat(x[:, j], 3) for j in (0, 1))
    return go.Scatter3d(**arrays(x=x1, y=x2, z=f"bars{label}"), mode="lines", line=line, hoverinfo="skip")


# On the tints of a surface and, in `falling_figure`, on the ground: gradient descent, and Newton's method.
PATHS = ((MARK, MARK, "circle"), (RING, "var(--text)", "diamond"))


def landscape_figure(surface, descents: dict, best, best_name: str, contours: bool) -> go.Figure:
    """Draw J over weight and bias, the named paths of one or two `descents` on it, and its minimum where it has one.

    Seen from above, the level lines stand for equal ratios of J. Of a path that leaves the figure the parts
    inside are drawn.
    """
    w, b, height = surface.x, surface.y, surface.z
    drawn = _log_contours(surface) if contours else look_in(surface_figure(surface, ("w", "b", "J")))
    for (name, descent), (colour, _, symbol) in zip(descents.items(), PATHS, strict=False):
        # Seen from above, plotly cuts a line off at the frame, as long as its numbers are not huge.
        margin = 1e4 if contours else 0
        far = ~_inside(descent.path, w, b, margin)
        shown = np.where(far[:, np.newaxis], np.nan, descent.path)
        # A little above the surface, which would hide it.
        losses = np.where(far, np.nan, descent.losses) + 0.015 * np.ptp(height)
        mode = "lines+markers" if len(shown) <= 150 else "lines"
        mark = {"size": (6 if contours else 3), "symbol": symbol, "color": colour}
        common = {"x": shown[:, 0], "y": shown[:, 1], "name": name, "mode": mode, "marker": mark}
        hover = f"{name}<br>w %{{x:.3f}}<br>b %{{y:.3f}}<extra></extra>"
        line = {"color": colour, "width": 3 if contours else 6}
        if contours:
            drawn.add_trace(go.Scatter(**common, line=line, hovertemplate=hover))
        else:
            drawn.add_trace(go.Scatter3d(**common, z=losses, line=line, hovertemplate=hover))
    if best is not None and _inside(best, w, b):
        mark = {"size": 12 if contours else 6, "symbol": "x", "color": RING}
        at = {"x": [best[0]], "y": [best[1]], "name": best_name, "mode": "markers", "marker": mark}
        drawn.add_trace(go.Scatter(**at) if contours else go.Scatter3d(**at, z=[float(height.min())]))
    if contours:
        drawn.update_layout(xaxis_range=[w[0], w[-1]], yaxis_range=[b[0], b[-1]])
    return drawn.update_layout(showlegend=False)


def _inside(points, w, b, margin=0.0):
    at_w, at_b = points[..., 0], points[..., 1]
    within = (at_w >= w[0] - margin) & (at_w <= w[-1] + margin)
    return within & (at_b >= b[0] - margin) & (at_b <= b[-1] + margin)


def _log_contours(surface) -> go.Figure:
    log = np.log10(surface.z)
    ticks = log_ticks(surface.z.min(), surface.z.max())
    contours = go.Contour(
        x=surface.x,
        y=surface.y,
        z=log,
        name="J",
        meta={"shows": "customdata"},
        customdata=surface.z,
        colorscale=SEQUENTIAL,
        ncontours=24,
        colorbar={
            "title": {"text": "J"},
            "thickness": 12,
            "outlinewidth": 0,
            "tickvals": np.log10(ticks),
            "ticktext": [f"{tick:g}" for tick in ticks],
        },
        line={"color": "rgba(255,255,255,0.5)", "width": 1},
        hovertemplate="w %{x:.2f}<br>b %{y:.2f}<br>J %{customdata:.4f}<extra></extra>",
    )
    return figure(contours, xaxis={"title": {"text": "w"}}, yaxis={"title": {"text": "b"}})


def falling_figure(descents: dict, lowest: float | None, titles: tuple[str, str], lowest_name: str) -> go.Figure:
    """Draw J over the steps of the descents; the level of its minimum, or a logarithmic axis where it has none."""
    traces = []
    for (name, descent), (_, colour, symbol) in zip(descents.items(), PATHS, strict=False):
        mode = "lines+markers" if len(descent.losses) <= 60 else "lines"
        mark = {"size": 6, "symbol": symbol}
        line = {"color": colour, "width": 3}
        hover = f"%{{x}}<br>J %{{y:.4g}}<extra>{name}</extra>"
        losses = np.where(np.isfinite(descent.losses), descent.losses, np.nan)
        x = np.arange(len(losses))
        traces.append(go.Scatter(x=x, y=losses, name=name, mode=mode, line=line, marker=mark, hovertemplate=hover))
    x_title, y_title = ({"text": title} for title in titles)
    axis = {"title": y_title, **(LOG_AXIS if lowest is None else {"exponentformat": "power"})}
    drawn = figure(*traces, xaxis={"title": x_title, "rangemode": "tozero"}, yaxis=axis)
    if lowest is not None:
        _level(drawn, lowest, lowest_name)
    return drawn


def _level(drawn, height, name) -> go.Figure:
    line = {"color": "var(--quiet)", "width": 1, "dash": "dash"}
    return drawn.add_hline(height, line=line, annotation={"text": name, "yanchor": "bottom"})
