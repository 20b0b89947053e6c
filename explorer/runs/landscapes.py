"""Landscapes that have been computed, in a run's folder or, for the recorded runs, in a folder of this server."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.protocol.events import natural
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
    """The loss z[i, j] at x[j], y[i] on a plane through the trained weights; `trained` is the loss there, at (0, 0).

    `path` (evaluations, 2): the path of the training, projected on the plane, after `epochs`; `seen`: the share of its
    squared length that lies in the plane, None for a run without snapshots. `facts`: the whole content of the file.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    trained: float
    epochs: list[int]
    path: np.ndarray
    seen: float | None
    facts: dict

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return the loss at `points` (n, 2), by bilinear interpolation on the grid."""
        column, along = _cells(self.x, points[:, 0])
        row, up = _cells(self.y, points[:, 1])
        below = _mixed(self.z[row, column], self.z[row, column + 1], along)
        above = _mixed(self.z[row + 1, column], self.z[row + 1, column + 1], along)
        return _mixed(below, above, up)


def _mixed(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return (1 − share) · first + share · second, where 0 · ∞ counts as 0."""
    parts = np.where(share < 1, first, 0), np.where(share > 0, second, 0)
    return (1 - share) * parts[0] + share * parts[1]


def _cells(grid: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the grid cell in which each value lies, and its position there from 0 to 1."""
    cell = np.clip(np.searchsorted(grid, values, side="right") - 1, 0, len(grid) - 2)
    return cell, (values - grid[cell]) / (grid[cell + 1] - grid[cell])


def folder_for(run: Path, home: Path) -> Path:
    """Return the folder for new landscapes of a run: in the run's own folder, but nothing is added to a recorded run.

    home: the folder of this server's runs.
    """
    return home / f"recorded-{run.name}" if run.parent == recorded.FOLDER else run / "landscapes"


def find(run: Path, home: Path, settings: dict) -> Landscape | None:
    """Return the landscape of `run` with these settings (`landscape_options`), if it has been computed."""
    name = file_name(complete(settings))
    for folder in (run / "landscapes", folder_for(run, home)):
        try:
            return read(folder / name)
        except NO_LANDSCAPE:
            continue
    return None


def read(file: Path) -> Landscape:
    """Read a landscape; raise one of `NO_LANDSCAPE` if the file holds none."""
    if regular_file(file).stat().st_size > MOST_BYTES:
        raise ValueError(f"{file} is too long for a landscape")
    facts = loads(file.read_text("utf-8"))
    x, y, z = (np.array(facts[name], np.float64) for name in ("x", "y", "loss"))
    way = facts["path"]
    path = np.array([way["x"], way["y"]], np.float64).reshape(2, -1).T
    grids = all(grid.ndim == 1 and len(grid) > 1 and (np.diff(grid) > 0).all() for grid in (x, y))
    finite = np.isfinite(np.concatenate([x, y, path.ravel()])).all() and np.isfinite(z).any()
    counts = all(natural(facts[name]) for name in COUNTS)
    if facts["schema"] != SCHEMA or not grids or not finite or not counts or z.shape != (len(y), len(x)):
        raise ValueError(f"{file} holds no landscape of a known kind")
    if len(path) != len(way["epochs"]):
        raise ValueError(f"the path in {file} does not fit its epochs")
    seen = None if facts["seen"] is None else float(facts["seen"])
    return Landscape(x, y, z, float(facts["trained"]), [int(epoch) for epoch in way["epochs"]], path, seen, facts)
