"""The loss on a plane through the trained weights, with the way of the training on it."""

import numpy as np
import plotly.graph_objects as go

from explorer.figures.surface import MARK, look_in, surface_figure
from explorer.maths.surfaces import Surface


def landscape_figure(
    landscape, titles: tuple[str, str, str], path_name: str, epoch_name: str, contours: bool, log: bool
) -> go.Figure:
    """Draw a landscape (`explorer.runs.landscapes`), its height as it is or as a decimal logarithm.

    The trained weights are a point, the evaluations of the run marks on a line; `epoch_name` fills in as @{epoch}.
    """

    def height(loss):
        with np.errstate(divide="ignore"):
            return np.log10(loss) if log else np.asarray(loss)

    z = height(landscape.z)
    finite = z[np.isfinite(z)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if low == high:  # a level surface lies in the middle
        low, high = low - 0.5, high + 0.5
    lift = 0.02 * (high - low)  # the surface would hide half of it
    line = between(landscape.path)
    figure = surface_figure(
        Surface(landscape.x, landscape.y, np.where(np.isfinite(z), z, np.nan)),
        titles,
        point=(0.0, 0.0, float(height(landscape.trained))),
        lines={path_name: (*line.T, height(landscape.at(line)) + lift)},
        contours=contours,
        z_range=(low, high),
    )
    way = height(landscape.at(landscape.path))
    marks = {
        "mode": "markers",
        "marker": {"size": 4 if not contours else 8, "color": MARK, "line": {"color": "var(--ground)", "width": 1}},
        "text": [epoch_name.replace("@epoch", str(epoch)) for epoch in landscape.epochs],
        "customdata": way,
        "hovertemplate": f"%{{text}}<br>{titles[2]} %{{customdata:.4f}}<extra></extra>",
        "name": path_name,
    }
    # Not over the trained weights, where it ends.
    x, y = landscape.path[:-1].T
    marks = {"x": x, "y": y, **marks}
    figure.add_trace(go.Scatter(**marks) if contours else go.Scatter3d(z=way[:-1] + lift, **marks))
    return figure if contours else look_in(figure)


def between(path: np.ndarray) -> np.ndarray:
    """Return the points of `path` (n, 2) with others on the straight lines between them, to follow a surface."""
    if len(path) < 2:
        return path
    places = np.linspace(0, len(path) - 1, 12 * (len(path) - 1) + 1)
    return np.stack([np.interp(places, np.arange(len(path)), along) for along in path.T], axis=1)
