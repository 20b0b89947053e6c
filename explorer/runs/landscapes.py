"""Landscapes that lie ready: read from a run's folder, or from where this server keeps those of the recorded runs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.protocol.events import whole
from explorer.protocol.json_numbers import loads
from explorer.protocol.landscape_options import complete, file_name
from explorer.protocol.safe_files import regular_file
from explorer.runs import recorded

SCHEMA = 1
COUNTS = ("pictures", "weights", "samples", "seed")
MOST_BYTES = 5_000_000
NO_LANDSCAPE = (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Landscape:
    """The loss z[i, j] at x[j], y[i] on a plane through the trained weights, where it is `trained`, at (0, 0).

    `path` (evaluations, 2): where the training was, as near as the plane comes, after `epochs`; `seen`, what part of
    its way's squared length the plane shows, None for a run without snapshots. `facts`: all that its file says.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    trained: float
    epochs: list[int]
    path: np.ndarray
    seen: float | None
    facts: dict

    def at(self, places: np.ndarray) -> np.ndarray:
        """Return the loss at `places` (n, 2), between the points of the grid by bilinear interpolation."""
        column, along = _cells(self.x, places[:, 0])
        row, up = _cells(self.y, places[:, 1])
        below = _mixed(self.z[row, column], self.z[row, column + 1], along)
        above = _mixed(self.z[row + 1, column], self.z[row + 1, column + 1], along)
        return _mixed(below, above, up)


def _mixed(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return (1 − share) · first + share · second, where 0 · ∞ counts as 0."""
    parts = np.where(share < 1, first, 0), np.where(share > 0, second, 0)
    return (1 - share) * parts[0] + share * parts[1]


def _cells(grid: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the grid's cell that each value lies in, and how far along it is."""
    cell = np.clip(np.searchsorted(grid, values, side="right") - 1, 0, len(grid) - 2)
    return cell, (values - grid[cell]) / (grid[cell + 1] - grid[cell])


def folder_for(run: Path, home: Path) -> Path:
    """Return where new landscapes of the run in the folder `run` go: into it, but nothing is added to a recorded run.

    home: the folder of this server's runs.
    """
    return home / f"recorded-{run.name}" if run.parent == recorded.FOLDER else run / "landscapes"


def find(run: Path, home: Path, settings: dict) -> Landscape | None:
    """Return the landscape of `run` with these settings (`landscape_options`), if it has been computed."""
    name = file_name(complete(settings))
    for place in (run / "landscapes", folder_for(run, home)):
        try:
            return read(place / name)
        except NO_LANDSCAPE:
            continue
    return None


def read(file: Path) -> Landscape:
    """Read a landscape; raise one of `NO_LANDSCAPE` for what is none."""
    if regular_file(file).stat().st_size > MOST_BYTES:
        raise ValueError(f"{file} is too long for a landscape")
    facts = loads(file.read_text("utf-8"))
    x, y, z = (np.array(facts[name], np.float64) for name in ("x", "y", "loss"))
    way = facts["path"]
    path = np.array([way["x"], way["y"]], np.float64).reshape(2, -1).T
    grids = all(grid.ndim == 1 and len(grid) > 1 and (np.diff(grid) > 0).all() for grid in (x, y))
    finite = np.isfinite(np.concatenate([x, y, path.ravel()])).all() and np.isfinite(z).any()
    counts = all(whole(facts[name]) for name in COUNTS)
    if facts["schema"] != SCHEMA or not grids or not finite or not counts or z.shape != (len(y), len(x)):
        raise ValueError(f"{file} holds no landscape that is known here")
    if len(path) != len(way["epochs"]):
        raise ValueError(f"the path in {file} does not fit its epochs")
    seen = None if facts["seen"] is None else float(facts["seen"])
    return Landscape(x, y, z, float(facts["trained"]), [int(epoch) for epoch in way["epochs"]], path, seen, facts)
