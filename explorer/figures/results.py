"""The figures of the page on results: losses, accuracies, calibration, and one sample through a run."""

import itertools

import numpy as np
import plotly.graph_objects as go

from explorer.figures.surface import MARK
from explorer.figures.theme import CLASS_COLOURS, LOG_AXIS, arrays, figure
from explorer.maths.surfaces import simplex_xy

OVER, UNDER = "#f4a57d", "#8a6fb3"  # gaps of a confidence above the accuracy, and below it


def run_figure(epochs, losses, accuracies, chosen: int, disagree, titles: tuple[str, str, str]) -> go.Figure:
    """Draw mean loss (above) and accuracy (below) over the epochs; `chosen` and `disagree` are places among them."""
    line = {"color": "var(--accent)", "width": 3}
    traces = [
        go.Scatter(
            x=epochs,
            y=values,
            mode="lines+markers",
            line=line,
            marker={
                "size": [13 if i == chosen else 8 for i in range(len(epochs))],
                "color": [MARK if i in disagree else "var(--accent)" for i in range(len(epochs))],
            },
            yaxis=axis,
            hovertemplate=f"{titles[0]} %{{x}}<br>{title} %{{y:.4f}}<extra></extra>",
        )
        for values, axis, title in ((losses, "y", titles[1]), (accuracies, "y2", titles[2]))
    ]
    return figure(
        *traces,
        xaxis={"title": {"text": titles[0]}, "anchor": "y2"},
        yaxis={"title": {"text": titles[1]}, "domain": [0.55, 1], "rangemode": "tozero"},
        yaxis2={"title": {"text": titles[2]}, "domain": [0, 0.45], "range": [0, 1.03], "gridcolor": "var(--line)"},
        showlegend=False,
    )


def accuracies_figure(classes: list[str], shares, intervals, title: str) -> go.Figure:
    """Draw the accuracy of each class as a point on its interval (low, high), one above the other."""
    low, high = intervals
    trace = go.Scatter(
        x=shares,
        y=classes,
        mode="markers",
        marker={"size": 12, "color": CLASS_COLOURS},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": high - shares,
            "arrayminus": shares - low,
            "color": "var(--quiet)",
            "thickness": 2,
        },
        customdata=np.stack([low, high], axis=-1),
        hovertemplate="%{y} %{x:.3f} (%{customdata[0]:.3f} … %{customdata[1]:.3f})<extra></extra>",
    )
    return figure(trace, xaxis={"title": {"text": title}}, yaxis={"autorange": "reversed", "dtick": 1})


def losses_figure(sample_losses, right, names: tuple[str, str], titles: tuple[str, str]) -> go.Figure:
    """Draw how many samples have which loss, right and wrong ones stacked, and the mean; decades on the axis.

    The bars stand over log₁₀ of the loss, because plotly stacks bars whose x differ by less than about 1e-7.
    """
    decades = np.log10(sample_losses[sample_losses > 0])
    low, high = np.floor(decades.min()), np.ceil(decades.max())
    edges = np.linspace(low, high, int(np.clip(4 * (high - low), 8, 60)) + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    span = [f"{10**start:.1e} … {10**end:.1e}" for start, end in itertools.pairwise(edges)]
    traces = [
        go.Bar(
            x=middles,
            y=np.histogram(np.log10(sample_losses[chosen & (sample_losses > 0)]), edges)[0],
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            customdata=span,
            hovertemplate=f"{titles[0]} %{{customdata}}<br>{titles[1]} %{{y}}",
        )
        for chosen, name, colour in ((right, names[0], "var(--accent)"), (~right, names[1], MARK))
    ]
    ticks = np.arange(low, high + 1, max(1, round((high - low) / 8)))
    drawn = figure(
        *traces,
        barmode="stack",
        bargap=0.04,
        xaxis={
            "title": {"text": titles[0]},
            "tickvals": ticks,
            "ticktext": [f"10<sup>{tick:.0f}</sup>" if tick else "1" for tick in ticks],
        },
        yaxis={"title": {"text": titles[1]}},
    )
    mean = np.log10(sample_losses.mean())
    line = {"color": "var(--text)", "dash": "dot"}
    return drawn.add_shape(type="line", x0=mean, x1=mean, y0=0, y1=1, yref="paper", line=line)


def concentration_figure(shares, borne, marked: tuple[float, float], titles: tuple[str, str]) -> go.Figure:
    """Draw what part of the summed loss the worst samples bear, with one point marked."""
    hover = f"{titles[0]} %{{x:.3f}}<br>{titles[1]} %{{y:.3f}}<extra></extra>"
    line = {"color": "var(--accent)", "width": 3}
    return figure(
        go.Scatter(x=shares, y=borne, mode="lines", line=line, hovertemplate=hover),
        go.Scatter(
            x=[marked[0]],
            y=[marked[1]],
            mode="markers",
            marker={"size": 12, "color": MARK, "line": {"color": "var(--ground)", "width": 2}},
            hovertemplate=hover,
        ),
        xaxis={"title": {"text": titles[0]}, "tickformat": ".0%", "range": [-0.02, 1.02]},
        yaxis={"title": {"text": titles[1]}, "tickformat": ".0%", "range": [0, 1.03]},
        showlegend=False,
    )


def reliability_heights(found) -> dict[str, np.ndarray]:
    """Return the bars of a reliability diagram, each from 0, later ones over earlier ones; 0 where a bin is empty.

    `over`: the confidence where it exceeds the accuracy, `held`: the accuracy, `both`: the lesser of the two. What is
    seen of the first two is the gap, above the accuracy or below it.
    """
    accuracy, confidence = np.nan_to_num(found.accuracy), np.nan_to_num(found.confidence)
    return {
        "over": np.where(confidence > accuracy, confidence, 0.0),
        "held": accuracy,
        "both": np.minimum(accuracy, confidence),
        "counts": found.counts,
    }


def reliability_figure(found, names: tuple[str, str, str], titles: tuple[str, str, str]) -> go.Figure:
    """Draw a reliability diagram: accuracy over confidence a bin, the gap between them, and the samples a bin.

    The bars are the board's, as `reliability_heights` computes them.
    """
    x, width = (found.edges[:-1] + found.edges[1:]) / 2, np.diff(found.edges) * 0.94
    hover = [
        f"{titles[0]} {c:.3f}<br>{titles[1]} {a:.3f}<br>{titles[2]} {n:,}"
        for c, a, n in zip(found.confidence, found.accuracy, found.counts, strict=True)
    ]
    more = {"customdata": hover, "hovertemplate": "%{customdata}<extra></extra>", "width": width}
    looks = {
        "over": (names[1], {"color": OVER}),
        "held": (names[2], {"color": UNDER}),
        "both": (names[0], {"color": "var(--accent)"}),
    }
    bars = [go.Bar(**arrays(x=x, y=what), name=name, marker=marker, **more) for what, (name, marker) in looks.items()]
    diagonal = go.Scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": "var(--text)", "dash": "dot"},
        showlegend=False,
        hoverinfo="skip",
    )
    heights = arrays(x=x, y="counts")
    look = {"marker": {"color": "var(--quiet)"}, "yaxis": "y2", "showlegend": False}
    counts = go.Bar(**heights, name=titles[2], **look, **more)
    return figure(
        *bars,
        diagonal,
        counts,
        barmode="overlay",
        xaxis={"title": {"text": titles[0]}, "range": [0, 1], "anchor": "y2"},
        yaxis={"title": {"text": titles[1]}, "range": [0, 1.02], "domain": [0.3, 1]},
        yaxis2={"title": {"text": titles[2]}, "domain": [0, 0.22], "gridcolor": "var(--line)", "nticks": 3},
    )


def temperature_figure(
    temperatures, values, best: tuple[float, float], titles: tuple[str, str], share: bool = False
) -> go.Figure:
    """Draw a quantity over the temperature, and a mark at (T, value) `best`; `share`: it is one, in percent."""
    hover = f"{titles[0]} %{{x:.3f}}<br>{titles[1]} %{{y:.4f}}<extra></extra>"
    line = {"color": "var(--accent)", "width": 3}
    traces = [go.Scatter(x=temperatures, y=values, mode="lines", line=line, hovertemplate=hover)]
    if temperatures[0] <= best[0] <= temperatures[-1]:
        marker = {"size": 12, "color": MARK, "symbol": "diamond", "line": {"color": "var(--ground)", "width": 2}}
        traces.append(go.Scatter(x=[best[0]], y=[best[1]], mode="markers", marker=marker, hovertemplate=hover))
    return figure(
        *traces,
        xaxis={"title": {"text": titles[0]}, **LOG_AXIS, "tickformat": "~r"},
        yaxis={"title": {"text": titles[1]}, "rangemode": "tozero", "tickformat": ".0%" if share else ""},
        showlegend=False,
    )


def sample_figure(epochs, values, classes: list[str], label: int, titles: tuple[str, str]) -> go.Figure:
    """Draw ten numbers (evaluations × 10) of one sample over the epochs, the true class's line the thickest."""
    traces = [
        go.Scatter(
            x=epochs,
            y=values[:, k],
            name=classes[k],
            mode="lines+markers",
            line={"color": CLASS_COLOURS[k], "width": 5 if k == label else 2},
            marker={"size": 9 if k == label else 5},
            hovertemplate=f"{classes[k]} %{{y:.4f}}<extra></extra>",
        )
        for k in (*(k for k in range(len(classes)) if k != label), label)
    ]
    axes = {"xaxis": {"title": {"text": titles[0]}}, "yaxis": {"title": {"text": titles[1]}}}
    return figure(*traces, **axes, hovermode="x", showlegend=False)


def loss_figure(epochs, sample_losses, mean_losses, names: tuple[str, str], titles: tuple[str, str]) -> go.Figure:
    """Draw the loss of one sample over the epochs, and the mean loss of all, on a logarithmic axis."""
    traces = [
        go.Scatter(x=epochs, y=values, name=name, mode="lines+markers", line=line)
        for values, name, line in (
            (sample_losses, names[0], {"color": "var(--accent)", "width": 3}),
            (mean_losses, names[1], {"color": "var(--quiet)", "width": 2, "dash": "dot"}),
        )
    ]
    y_axis = {"title": {"text": titles[1]}, **LOG_AXIS, "tickformat": "~g"}
    return figure(*traces, xaxis={"title": {"text": titles[0]}}, yaxis=y_axis)


def path_figure(q, epochs: list[str], names: list[str], chosen: tuple[int, ...], epoch_title: str) -> go.Figure:
    """Draw distributions of three classes (evaluations × 3) as a path in the triangle, its corners named."""
    corners = np.array(simplex_xy(np.eye(3))).T
    x, y = simplex_xy(q)
    colours = [CLASS_COLOURS[k] for k in chosen]
    rim = corners[[0, 1, 2, 0]]
    shown = [epoch if i in (0, len(epochs) - 1) else "" for i, epoch in enumerate(epochs)]
    hover = [
        f"{epoch_title} {epoch}<br>"
        + "<br>".join(f"{name} {share:.4f}" for name, share in zip(names, row, strict=True))
        for epoch, row in zip(epochs, q, strict=True)
    ]
    drawn = figure(
        go.Scatter(x=rim[:, 0], y=rim[:, 1], mode="lines", line={"color": "var(--quiet)"}, hoverinfo="skip"),
        go.Scatter(
            x=x,
            y=y,
            mode="lines+markers+text",
            line={"color": "var(--accent)", "width": 2},
            marker={"size": np.linspace(6, 14, len(epochs)), "color": "var(--accent)"},
            text=shown,
            textposition="top center",
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
        ),
        go.Scatter(
            x=corners[:, 0],
            y=corners[:, 1],
            mode="markers",
            marker={"size": 14, "color": colours, "symbol": "square"},
            hoverinfo="skip",
        ),
        xaxis={"visible": False, "range": [-0.2, 1.2]},
        yaxis={"visible": False, "range": [-0.16, 1.02], "scaleanchor": "x"},
        showlegend=False,
    )
    for (cx, cy), name, shift in zip(corners, names, (-22, -22, 22), strict=True):
        drawn.add_annotation(x=cx, y=cy, text=name, showarrow=False, yshift=shift)
    return drawn
