"""Figures on softmax or sigmoid: descent on the logits, and the regions in which a model names a set of classes."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.theme import CLASS_COLOURS, figure, square, titled

STRIPE = 4  # cells


def losses_figure(losses: dict[str, np.ndarray | None], floor: float, title: str, floor_name: str) -> go.Figure:
    """Draw the loss over the steps for each name, and the floor that the first one cannot pass.

    `losses` has the softmax first and the sigmoids second; None stands for a loss that does not exist.
    """
    traces = [
        go.Scatter(y=values, name=name, mode="lines", line={"color": colour, "width": 3, "dash": dash})
        for (name, values), colour, dash in zip(
            losses.items(), ("var(--accent)", "var(--text)"), ("solid", "dot"), strict=True
        )
        if values is not None
    ]
    drawn = figure(
        *traces,
        xaxis=_steps(traces[0].y),
        yaxis={"title": {"text": title}, "rangemode": "tozero"},
        hovermode="x unified",
        margin={"l": 64, "r": 8, "t": 24, "b": 8},
    )
    if floor > 0:
        drawn.add_hline(
            y=floor,
            line={"color": "var(--accent)", "width": 1.5, "dash": "dash"},
            annotation={"text": floor_name, "font": {"color": "var(--accent)"}},
            annotation_position="top right",
        )
    return drawn


def probabilities_figure(
    probabilities: np.ndarray, true: list[bool], classes: list[str], title: str, step_title: str = ""
) -> go.Figure:
    """Draw each class's probability over the steps (rows of `probabilities`); those of the true classes are thick."""
    traces = []
    for k, name in enumerate(classes):
        # Lines of true classes often lie on each other: each one is thinner than that below it.
        width = 2.5 + 2 * min(sum(true[k + 1 :]), 3) if true[k] else 1.5
        traces.append(
            go.Scatter(
                y=probabilities[:, k],
                name=name,
                mode="lines",
                line={"color": CLASS_COLOURS[k], "width": width},
                hovertemplate=f"{name} %{{y:.4f}}<extra></extra>",
            )
        )
    drawn = figure(
        *traces,
        xaxis=_steps(probabilities, step_title),
        yaxis={"range": [-0.03, 1.03]},
        showlegend=False,
        margin={"l": 64, "r": 8, "b": 8},
    )
    return titled(drawn, title)


def regions_figure(
    axis: np.ndarray,
    named: np.ndarray,
    probabilities: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    classes: list[str],
    boundaries: list[np.ndarray],
    own_boundary: bool,
    title: str,
) -> go.Figure:
    """Draw which classes a model names at each place of a square, and the points with their true labels.

    `named` and `probabilities` (n × n × K) belong to x₂ = axis[i], x₁ = axis[j]. Where several classes are named
    their colours alternate in stripes; where none is, the ground stays blank. A point of two classes has the one's
    colour inside and the other's around it; no point has more than two.
    `boundaries` are lines of points (n × 2); with `own_boundary` each belongs to one class and has its colour.
    """
    colours = CLASS_COLOURS[: len(classes)]
    shades = ["rgba(0,0,0,0)", *colours]
    steps = [[edge / len(shades), shade] for k, shade in enumerate(shades) for edge in (k, k + 1)]
    hover = "<br>".join(f"{name} %{{customdata[{k}]}}%" for k, name in enumerate(classes))
    regions = go.Heatmap(
        x=axis,
        y=axis,
        z=striped(named),
        zmin=-0.5,
        zmax=len(colours) + 0.5,
        colorscale=steps,
        showscale=False,
        meta={"codes": ["", *classes]},
        opacity=0.32,
        customdata=np.round(100 * probabilities).astype(np.uint8),
        hovertemplate=hover + "<extra></extra>",
    )
    lines = [
        go.Scatter(
            x=line[:, 0],
            y=line[:, 1],
            mode="lines",
            line={"color": colours[k] if own_boundary else "var(--text)", "width": 2.5},
            hoverinfo="skip",
        )
        for k, line in enumerate(boundaries)
    ]
    traces = [regions, *lines]
    for row in np.unique(labels, axis=0)[::-1]:
        inside, *others = np.flatnonzero(row)
        mine = (labels == row).all(axis=-1)
        around = {"color": colours[others[0]], "width": 2.5} if others else {"color": "var(--ground)", "width": 1}
        traces.append(
            go.Scatter(
                x=points[mine, 0],
                y=points[mine, 1],
                mode="markers",
                name=" + ".join(classes[k] for k in np.flatnonzero(row)),
                marker={"size": 9, "color": colours[inside], "line": around},
                hovertemplate="%{fullData.name}<extra></extra>",
            )
        )
    bare = {"showgrid": False, "zeroline": False}
    drawn = figure(
        *traces,
        xaxis=bare | {"title": {"text": "x<sub>1</sub>", "standoff": 4}},
        yaxis=bare | {"title": {"text": "x<sub>2</sub>"}},
        showlegend=False,
    )
    return titled(square(drawn, axis[0], axis[-1]), title)


def striped(named: np.ndarray) -> np.ndarray:
    """Return 1 + the class whose colour each cell of `named` (n × n × K, multi-hot) has, 0 where none is named."""
    i, j = np.indices(named.shape[:2])
    count = named.sum(axis=-1).astype(int)
    turn = (i + j) // STRIPE % np.maximum(count, 1)
    place = np.cumsum(named, axis=-1) - 1  # 0 at the first class named, 1 at the second …
    chosen = ((place == turn[..., np.newaxis]) & (named == 1)).argmax(axis=-1)
    return np.where(count > 0, 1 + chosen, 0).astype(np.uint8)


def _steps(values, title=""):
    named = {"title": {"text": title, "standoff": 4}} if title else {}
    return {"range": [0, len(values) - 1], **named}
