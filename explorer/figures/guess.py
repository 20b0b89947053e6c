"""The figures of the guessing game: what a class answered, what that cost, and the scores image by image."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.surface import MARK
from explorer.figures.theme import CLASS_COLOURS, figure

BINS = 12
ROUND_WIDTHS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)


def answers_figure(classes: list[str], answers, network, label: int | None, titles: tuple[str, str]) -> go.Figure:
    """Draw the shares (n, K) that n people gave each class, as a box and points; the network's (K,) as diamonds.

    `network` and `label`, the true class, are None while nobody may know them.
    """
    names = [f"<b>✓ {name}</b>" if k == label else name for k, name in enumerate(classes)]
    traces = [
        go.Box(
            x=answers[:, k],
            y=[name] * len(answers),
            name=name,
            orientation="h",
            boxpoints="all",
            jitter=0.7,
            pointpos=0,
            marker={"color": CLASS_COLOURS[k], "size": 6, "opacity": 0.75},
            line={"color": "var(--quiet)", "width": 1},
            fillcolor="rgba(0,0,0,0)",
            hovertemplate=f"{name} %{{x:.3f}}<extra></extra>",
            showlegend=False,
        )
        for k, name in enumerate(names)
    ]
    if network is not None:
        traces.append(
            go.Scatter(
                x=network,
                y=names,
                mode="markers",
                name=titles[1],
                marker={
                    "symbol": "diamond",
                    "size": 11,
                    "color": MARK,
                    "line": {"color": "var(--ground)", "width": 1},
                },
                hovertemplate=f"{titles[1]}: %{{y}} %{{x:.3f}}<extra></extra>",
                showlegend=True,
            )
        )
    return figure(
        *traces,
        xaxis={"title": {"text": titles[0]}, "range": [-0.03, 1.03]},
        yaxis={"autorange": "reversed", "categoryorder": "array", "categoryarray": names},
    )


def loss_edges(losses: np.ndarray) -> np.ndarray:
    """Return edges of at most `BINS` bins of a round width from 0 to above all finite `losses`."""
    top = max(losses[np.isfinite(losses)].max(initial=0.0), 2.5)
    width = next((width for width in ROUND_WIDTHS if width * BINS > top), top / (BINS - 1))
    return np.arange(int(top / width) + 2) * width


def losses_figure(losses: np.ndarray, network: float, titles: tuple[str, str, str]) -> go.Figure:
    """Draw how many of the `losses` (n,) lie where, infinite ones in a bar of their own, the network's as a line."""
    edges = loss_edges(np.append(losses, network))
    width = edges[1]
    counts, _ = np.histogram(losses[np.isfinite(losses)], edges)
    endless = int(np.isinf(losses).sum())
    most = max(counts.max(), endless)
    beyond = edges[-1] + width
    drawn = figure(
        go.Bar(
            x=edges[:-1] + width / 2,
            y=counts,
            width=width * 0.94,
            marker={"color": "var(--accent)"},
            customdata=[f"{start:g} … {start + width:g}" for start in edges[:-1]],
            hovertemplate=f"{titles[0]} %{{customdata}}<br>{titles[1]} %{{y}}<extra></extra>",
        ),
        go.Bar(
            x=[beyond],
            y=[endless],
            width=width * 0.94,
            marker={"color": MARK},
            hovertemplate=f"{titles[0]} ∞<br>{titles[1]} %{{y}}<extra></extra>",
        ),
        xaxis={
            "title": {"text": titles[0]},
            "range": [-width / 4, beyond + width * 0.75],
            "tickvals": [*edges[:: max(1, round(len(edges) / 6))], beyond],
            "ticktext": [*(f"{edge:g}" for edge in edges[:: max(1, round(len(edges) / 6))]), "∞"],
        },
        yaxis={"title": {"text": titles[1]}, "rangemode": "tozero", "dtick": max(1, round(most / 5))},
        showlegend=False,
    )
    drawn.add_shape(
        type="line", x0=network, x1=network, y0=0, y1=1, yref="paper", line={"color": "var(--text)", "dash": "dot"}
    )
    return drawn.add_annotation(
        x=network, y=1, yref="paper", yanchor="bottom", xanchor="left", showarrow=False, text=titles[2]
    )


def scores_figure(places, yours, network, names: tuple[str, str], titles: tuple[str, str]) -> go.Figure:
    """Draw two losses for each image side by side; an infinite one reaches the top and says so."""
    yours, network = np.asarray(yours, float), np.asarray(network, float)
    finite = np.concatenate([yours[np.isfinite(yours)], network])
    top = 1.15 * max(finite.max(), 2.5)
    traces = [
        go.Bar(
            x=[str(place) for place in places],
            y=np.minimum(values, top),
            name=name,
            text=["∞" if np.isinf(value) else "" for value in values],
            textposition="inside",
            textangle=0,
            marker={"color": colour},
            customdata=["∞" if np.isinf(value) else f"{value:.4f}" for value in values],
            hovertemplate=f"{name} %{{customdata}}<extra></extra>",
        )
        for values, name, colour in ((yours, names[0], "var(--accent)"), (network, names[1], "var(--quiet)"))
    ]
    return figure(
        *traces,
        barmode="group",
        xaxis={"title": {"text": titles[0]}, "type": "category"},
        yaxis={"title": {"text": titles[1]}, "range": [0, top]},
    )
