"""A function of two variables as a surface to turn, or as contours."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.theme import SEQUENTIAL, arrays, figure

# Seen on the tints of the surface, and on a light and a dark ground.
MARK = "#e8590c"
# In place of coordinates: a board publishes the arrays of the point and of its line to the floor, under no prefix.
BOARDS = ""
# A point is seen on every tint and on both grounds: dark, in a light ring.
POINT, RING = "#10182b", "#ffffff"
# plotly's own light washes the palest tint out, so that what is high cannot be told from a white ground.
LIGHT = {"ambient": 0.68, "diffuse": 0.42, "specular": 0.02}
CAMERA = {"eye": {"x": -1.09, "y": -1.2, "z": 0.68}, "center": {"x": 0, "y": 0, "z": -0.17}}
# What is less than opaque plotly draws over what it has drawn so far, also where a surface stands in front of it.
THROUGH = 0.99


def surface_figure(
    surface,
    titles: tuple[str, str, str],
    point: tuple[float, float, float] | str | None = None,
    lines: dict[str, tuple] | None = None,
    contours: bool = False,
    z_range: tuple[float, float] | None = None,
    corner: tuple[bool, bool] | None = None,
) -> go.Figure:
    """Draw `surface` (`x`, `y`, and `z[i, j]` at `x[j]`, `y[i]`), with a point and named lines (x, y, z) on it.

    `contours` draws level lines seen from above instead. `titles` name the axes. What a board moves has a name in place
    of an array (see `theme.arrays`); its point is `BOARDS`, or the prefix of these names. `z_range` is needed then.
    A surface is seen from above its `corner`, where x and y are high or not; from the lowest its whole slope is seen.
    """
    x_title, y_title, z_title = titles
    hover = f"{x_title} %{{x:.2f}}<br>{y_title} %{{y:.2f}}<br>{z_title} %{{z:.4f}}<extra></extra>"
    z_range = z_range or (float(np.min(surface.z)), float(np.max(surface.z)))
    draw = _contours if contours else _relief
    drawn = draw(surface, titles, point, lines or {}, z_range, hover)
    if corner and not contours:
        x, y = (
            side * (-1 if high else 1)
            for side, high in zip((CAMERA["eye"]["x"], CAMERA["eye"]["y"]), corner, strict=True)
        )
        drawn.update_layout(scene_camera_eye={"x": x, "y": y, "z": 1.0})
    return drawn


def look_in(drawn: go.Figure) -> go.Figure:
    """Show what runs inside a bowl: from above, and through its near wall."""
    drawn.update_traces(opacity=0.8, selector={"type": "surface"})
    return drawn.update_layout(scene_camera_eye={"x": -0.92, "y": -1.0, "z": 1.16})


def apart(low: float, high: float, below: float = 0.08, above: float = 0.08) -> list[float]:
    """Return the range of a scene's axis, longer than its values: in the corners the ticks of two axes stay apart."""
    return [low - below * (high - low), high + above * (high - low)]


def upright(low: float, high: float) -> list[float]:
    """Return the range of a scene's upright axis, whose ticks stand close above those of the ground."""
    return apart(low, high, below=0.28, above=0.05)


def floor(low: float, high: float) -> float:
    """Return where the floor of a scene lies, on which the line below a point stands."""
    return upright(low, high)[0]


def _relief(surface, titles, point, lines, z_range, hover) -> go.Figure:
    x_title, y_title, z_title = titles
    low, high = z_range
    traces = [
        go.Surface(
            **arrays(x=surface.x, y=surface.y, z=surface.z),
            name=z_title,
            cmin=low,
            cmax=high,
            colorscale=SEQUENTIAL,
            showscale=False,
            opacity=0.94,
            lighting=LIGHT,
            hovertemplate=hover,
            contours={
                "z": {
                    "show": True,
                    "color": "rgba(255,255,255,0.35)",
                    "start": low,
                    "end": high,
                    "size": (high - low) / 10 or 1,
                }
            },
        )
    ]
    for name, (x, y, z) in lines.items():
        traces.append(
            go.Scatter3d(
                **arrays(x=x, y=y, z=z),
                name=name,
                mode="lines",
                line={"color": MARK, "width": 6},
                hovertemplate=hover,
            )
        )
    if point is not None:
        stem, mark = _pinned(point, low, high)
        traces.append(
            go.Scatter3d(
                **arrays(**stem),
                mode="lines",
                line={"color": MARK, "width": 4},
                opacity=THROUGH,
                hoverinfo="skip",
            )
        )
        traces.append(
            go.Scatter3d(
                **arrays(**mark),
                mode="markers",
                marker={"size": 6, "color": POINT, "line": {"color": RING, "width": 2}},
                opacity=THROUGH,
                hovertemplate=hover,
            )
        )
    # Unseen: plotly places the ticks by the data's extent, and where that changes at all, makes all of them anew, which
    # takes as long as the surface itself.
    traces.append(go.Scatter3d(x=[surface.x[0]] * 2, y=[surface.y[0]] * 2, z=[low, high], mode="none"))
    scene = {
        "xaxis": {"title": {"text": x_title}, "range": apart(surface.x[0], surface.x[-1]), "nticks": 5},
        "yaxis": {"title": {"text": y_title}, "range": apart(surface.y[0], surface.y[-1]), "nticks": 5},
        "zaxis": {"title": {"text": z_title}, "range": upright(low, high), "nticks": 5},
        "camera": CAMERA,
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.72},
    }
    return figure(*traces, scene=scene, showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def _pinned(point, low, high) -> tuple[dict, dict]:
    """Return the arrays of a point's line to the floor, and those of the point."""
    if isinstance(point, str):
        return {name: f"{point}stem_{name}" for name in "xyz"}, {name: f"{point}mark_{name}" for name in "xyz"}
    x, y, z = point
    return {"x": [x, x], "y": [y, y], "z": [floor(low, high), z]}, {"x": [x], "y": [y], "z": [z]}


def _contours(surface, titles, point, lines, z_range, hover) -> go.Figure:
    x_title, y_title, z_title = titles
    low, high = z_range
    traces = [
        go.Contour(
            **arrays(x=surface.x, y=surface.y, z=surface.z),
            name=z_title,
            zmin=low,
            zmax=high,
            colorscale=SEQUENTIAL,
            colorbar={"title": {"text": z_title}, "thickness": 12, "outlinewidth": 0},
            line={"color": "rgba(255,255,255,0.35)", "width": 1},
            hovertemplate=hover,
        )
    ]
    for name, (x, y, _) in lines.items():
        traces.append(go.Scatter(**arrays(x=x, y=y), name=name, mode="lines", line={"color": MARK, "width": 3}))
    if point is not None:
        _, mark = _pinned(point, low, high)
        look = {"size": 13, "color": POINT, "line": {"color": RING, "width": 2}}
        at = arrays(x=mark["x"], y=mark["y"], customdata=mark["z"])
        there = hover.replace("%{z:", "%{customdata:")
        traces.append(go.Scatter(**at, mode="markers", marker=look, hovertemplate=there))
    return figure(*traces, xaxis={"title": {"text": x_title}}, yaxis={"title": {"text": y_title}}, showlegend=False)
