"""The figures of the softmax page beside its surface."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.surface import MARK
from explorer.figures.theme import LOG_AXIS, arrays, figure


def cut_figure(t, names: tuple[str, str], titles: tuple[str, str]) -> go.Figure:
    """Draw a surface cut along a chord: the curve and the chord over `t` from 0 to 1, and their middles, a board's."""
    colours = ("var(--accent)", MARK)
    traces = [
        go.Scatter(**arrays(x=t, y=y), name=name, mode="lines", line={"color": colour, "width": 3})
        for y, name, colour in zip(("cut", "chord"), names, colours, strict=True)
    ]
    middles = arrays(x=[t[len(t) // 2]] * 2, y="middles")
    dots = {"size": 9, "color": colours}
    more = {"showlegend": False, "hovertemplate": "%{y:.4f}<extra></extra>"}
    traces.append(go.Scatter(**middles, mode="lines", line={"color": "var(--quiet)", "dash": "dot"}, **more))
    traces.append(go.Scatter(**middles, mode="markers", marker=dots, **more))
    return figure(*traces, xaxis={"title": {"text": titles[0]}}, yaxis={"title": {"text": titles[1]}})


def shares_figure(probabilities, classes: list[str], colours, label: int, titles: tuple[str, str]) -> go.Figure:
    """Draw the probabilities (steps × K) as one stacked band for each class, the true one (`label`) at the bottom."""
    steps = np.arange(len(probabilities))
    traces = [
        go.Scatter(
            x=steps,
            y=probabilities[:, k],
            name=classes[k],
            mode="lines",
            line={"width": 0.5, "color": colours[k]},
            fillcolor=colours[k],
            stackgroup="one",
            hovertemplate=f"{classes[k]} %{{y:.4f}}<extra></extra>",
        )
        for k in (label, *(k for k in range(len(classes)) if k != label))
    ]
    return figure(
        *traces,
        xaxis={"title": {"text": titles[0]}},
        yaxis={"title": {"text": titles[1]}, "range": [0, 1]},
        hovermode="x",
        legend={"traceorder": "normal"},
    )


def gradients_figure(classes: list[str], names: tuple[str, str], title: str) -> go.Figure:
    """Draw a board's gradients of the softmax and of the hinge loss as bars, by class; `title` names the axis."""
    traces = [
        go.Bar(**arrays(x=classes, y=y), name=name, marker={"color": colour}, hovertemplate="%{x}: %{y:.4f}")
        for y, name, colour in zip(("gradients", "hinge_gradients"), names, ("var(--accent)", MARK), strict=True)
    ]
    return figure(*traces, yaxis={"title": {"text": title}, "nticks": 5}, barmode="group")


def falling_figure(losses, titles: tuple[str, str], logarithmic: bool) -> go.Figure:
    """Draw the loss over the steps, on logarithmic axes (from step 1) if asked for."""
    steps = np.arange(len(losses))
    start = 1 if logarithmic else 0
    trace = go.Scatter(
        x=steps[start:],
        y=losses[start:],
        name=titles[1],
        mode="lines",
        line={"color": "var(--accent)", "width": 3},
        hovertemplate=f"{titles[0]} %{{x}}<br>{titles[1]} %{{y:.3e}}<extra></extra>",
    )
    x_axis, y_axis = ({"title": {"text": title}} for title in titles)
    if logarithmic:
        x_axis |= LOG_AXIS | {"tickformat": ",~r"}
        y_axis |= LOG_AXIS
    else:
        y_axis |= {"rangemode": "tozero", "exponentformat": "power"}
    return figure(trace, xaxis=x_axis, yaxis=y_axis)


VERDICTS = {
    "right": ("#6272dd", "✓"),
    "off": ("#7d6b22", "≈"),
    "zero": ("#9c5a00", "0"),
    "inf": ("#c44e00", "∞"),
    "nan": ("#8c1501", "✗"),
}


def verdicts_figure(
    verdicts, magnitudes: list[str], rows: list[tuple[str, str]], chosen: str, title: str, hover
) -> go.Figure:
    """Draw a field for each way of computing (rows) and magnitude (columns): what became of the loss there.

    verdicts: rows × magnitudes of the words of `VERDICTS`; `hover`, a text for each; `rows`, the way and the
    precision of each row: the way is written at the first of its rows.
    """
    names = list(VERDICTS)
    y = [" ".join(row) for row in rows]
    starts = [i for i, (way, _) in enumerate(rows) if i == 0 or way != rows[i - 1][0]]
    labels = [f"<b>{way}</b>  {precision}" if i in starts else precision for i, (way, precision) in enumerate(rows)]
    shades = [colour for colour, _ in VERDICTS.values()]
    scale = [[(i + side) / len(names), shade] for i, shade in enumerate(shades) for side in (0, 1)]
    trace = go.Heatmap(
        x=magnitudes,
        y=y,
        z=[[names.index(verdict) for verdict in row] for row in verdicts],
        zmin=-0.5,
        zmax=len(names) - 0.5,
        colorscale=scale,
        showscale=False,
        xgap=2,
        ygap=2,
        text=[[VERDICTS[verdict][1] for verdict in row] for row in verdicts],
        texttemplate="%{text}",
        textfont={"color": "#ffffff"},
        meta={"shows": "text"},
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )
    drawn = figure(
        trace,
        xaxis={"title": {"text": title}, "type": "category", "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False, "tickvals": y, "ticktext": labels},
    )
    for start in starts[1:]:
        drawn.add_hline(start - 0.5, line={"color": "var(--ground)", "width": 8})
    at = magnitudes.index(chosen)
    line = {"color": "var(--text)", "width": 3}
    return drawn.add_shape(type="rect", x0=at - 0.5, x1=at + 0.5, y0=-0.5, y1=len(verdicts) - 0.5, line=line)
