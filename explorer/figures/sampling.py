"""The figures of drawn samples: how often each class has come, and what they have cost so far on average."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.surface import MARK
from explorer.figures.theme import CLASS_COLOURS, figure

# Of a long run, as many places as a screen can show: all of the first, then so many to every decade.
_FIRST, _TO_A_DECADE = 100, 150
_TRUE = "#7b7f8a"  # the bars of p, on a light and a dark ground
_SOME = [CLASS_COLOURS[label] for label in (0, 3, 5)]  # stand for all ten
# Where the axis of probabilities ends: beyond 1 there is room for a number.
_RIGHT = 1.22


def frequencies_figure(p, frequencies, classes: list[str], codes: list[str], last: int | None, names) -> go.Figure:
    """Draw p and the `frequencies` (K) as bars, the `last` class framed, and at the right the lengths of the `codes`.

    `names`: of p, of the frequencies and of the lengths.
    """
    true, drawn, lengths = names
    labels = range(len(classes))
    frame = {"color": "var(--text)", "width": [3 * (label == last) for label in labels]}
    bar = {"y": classes, "orientation": "h", "hovertemplate": "%{y}: %{x:.4f}<extra>%{fullData.name}</extra>"}
    above = {"y": 1, "xref": "paper", "yref": "paper", "yanchor": "bottom", "showarrow": False}
    return figure(
        go.Bar(x=p, name=true, offset=-0.42, width=0.3, marker={"color": _TRUE}, **bar),
        go.Bar(
            x=frequencies,
            name=drawn,
            offset=-0.1,
            width=0.5,
            marker={"color": [CLASS_COLOURS[label] for label in labels], "line": frame},
            **bar,
        ),
        go.Scatter(
            x=[_RIGHT] * len(classes),
            y=classes,
            text=codes,
            name=lengths,
            meta={"shows": "text"},
            mode="text",
            textposition="middle left",
            hoverinfo="skip",
        ),
        xaxis={"range": [0, _RIGHT], "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1], "fixedrange": True},
        yaxis={"autorange": "reversed", "fixedrange": True, "showgrid": False, "dtick": 1},
        showlegend=False,
        margin={"t": 40},
        annotations=[
            # The frequencies have the colours of the classes; plotly's own legend would show that of the first.
            above | {"x": 0, "xanchor": "left", "text": f"{_squares(_TRUE)} {true}\u2002{_squares(*_SOME)} {drawn}"},
            above | {"x": 1, "xanchor": "right", "text": lengths},
        ],
    )


def running_mean_figure(means, mean: float, deviation: float, names: tuple[str, str, str, str], titles) -> go.Figure:
    """Draw the mean of the first 1, 2, … n costs (`means`), and where it is expected: at `mean` ± 2s/√n.

    With an infinite `mean` nothing can be expected; where `means` become infinite, they go up along a line. `names`: of
    the running mean, of the expected one, of the band and of that line; `titles` name the axes.
    """
    so_far, expected, band, infinite = names
    n = len(means)
    end = max(100.0, 10.0 ** np.ceil(np.log10(max(n, 1))))
    places = np.unique(np.concatenate([np.arange(min(n, _FIRST)), _spread(n) - 1])) if n else np.arange(0)
    finite = places[np.isfinite(means[places])]
    traces, highest = [], float(np.max(means[finite], initial=0.0))
    if np.isfinite(mean):
        x = _spread(end)
        half = 2 * deviation / np.sqrt(x)
        highest = max(highest, mean + half[0])
        traces = [
            go.Scatter(
                x=np.concatenate([x, x[::-1]]),
                y=np.concatenate([mean + half, (mean - half)[::-1]]),
                name=band,
                mode="none",
                fill="toself",
                fillcolor="rgba(120,130,170,0.22)",
                hoverinfo="skip",
            ),
            go.Scatter(
                x=[1, end],
                y=[mean, mean],
                name=expected,
                mode="lines",
                line={"color": "var(--text)", "width": 1.5, "dash": "dash"},
                hovertemplate="%{y:.4f}",
            ),
        ]
    traces.append(
        go.Scatter(
            x=finite + 1,
            y=means[finite],
            name=so_far,
            mode="lines+markers" if n <= _FIRST else "lines",
            marker={"size": 5},
            line={"color": "var(--accent)", "width": 2.5},
            hovertemplate="%{y:.4f}",
        )
    )
    top = 1.06 * highest or 1.0
    if n and np.isinf(means[-1]):
        first = int(np.isinf(means).argmax()) + 1
        line = {"color": MARK, "width": 2, "dash": "dot"}
        traces.append(go.Scatter(x=[first] * 2, y=[0, top], name=infinite, mode="lines", line=line, hoverinfo="name"))
    x_title, y_title = titles
    return figure(
        *traces,
        showlegend=True,
        # Between the powers of ten plotly writes digits that are too small to read from afar.
        xaxis={
            "type": "log",
            "exponentformat": "power",
            "dtick": 1,
            "range": [0, float(np.log10(end))],
            "fixedrange": True,
            "title": {"text": x_title},
        },
        yaxis={"range": [0, top], "title": {"text": y_title}},
        hovermode="x",
        margin={"l": 64, "r": 8, "t": 24, "b": 8},
    )


def _squares(*colours: str) -> str:
    return "".join(f'<span style="color:{colour}">■</span>' for colour in colours)


def _spread(end: float) -> np.ndarray:
    """Return whole numbers from 1 to `end`, equally far apart on a logarithmic axis where they are many."""
    return np.unique(np.geomspace(1, end, int(_TO_A_DECADE * np.log10(end)) + 2).round().astype(int))
