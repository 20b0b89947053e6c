"""Finds the images of a run in another copy of its data: in another order, or encoded anew.

A fingerprint is the mean colour of an image's four quarters. Encoding an image as JPEG moves it by about 2 and at most
by about 7 (of 0 … 255 in each of its twelve numbers), while the fingerprints of two different photographs of CIFAR-10
are almost always more than 10 apart.
"""

import numpy as np

NUMBERS = 12  # in a fingerprint: four quarters of three colours
MOST_APART = 7.0  # Euclidean distance of two fingerprints that may be of the same image
CLEARLY = 0.5  # the nearest has to be less than this share as far as the second nearest
PART = 1000  # images at a time, which may be mapped from a file


def fingerprints(images: np.ndarray) -> np.ndarray:
    """Return the mean colours float16 (n, 12) of the quarters of images uint8 (n, 32, 32, 3)."""
    found = np.empty((len(images), NUMBERS), np.float16)
    for first in range(0, len(images), PART):
        some = images[first : first + PART]
        quarters = some.reshape(len(some), 2, 16, 2, 16, 3)
        found[first : first + PART] = quarters.mean((2, 4), dtype=np.float32).reshape(len(some), NUMBERS)
    return found


def twins(wanted: np.ndarray, labels: np.ndarray, there: np.ndarray, their_labels: np.ndarray) -> np.ndarray:
    """Return for each wanted image (n,) the index of the same one among those there, -1 where that is in doubt.

    wanted, there: fingerprints. The same image has the same label, and is clearly nearer than any other. Raises
    ValueError if what is wanted are no fingerprints of images with these labels.
    """
    if wanted.shape != (len(labels), NUMBERS) or wanted.dtype.kind != "f" or not np.isfinite(wanted).all():
        raise ValueError(f"no fingerprints of {len(labels)} images")
    if np.array_equal(labels, their_labels) and np.array_equal(wanted, there):
        return np.arange(len(labels))
    found = np.full(len(labels), -1)
    for label in np.unique(labels):
        mine, theirs = np.flatnonzero(labels == label), np.flatnonzero(their_labels == label)
        for some in np.split(mine, range(PART, len(mine), PART)) if len(theirs) else ():
            nearest, is_sure = _nearest(wanted[some].astype(np.float32), there[theirs].astype(np.float32))
            found[some[is_sure]] = theirs[nearest[is_sure]]
    return found


def _nearest(wanted: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each of `wanted` (m, 12) the index of the nearest of `there` (k, 12), and whether it is the same."""
    products = wanted @ there.T
    squares = np.square(wanted).sum(1)[:, np.newaxis] + np.square(there).sum(1) - 2 * products
    distances = np.sqrt(np.maximum(squares, 0))  # rounding may leave less than 0
    nearest = distances.argmin(axis=1)
    rows = np.arange(len(wanted))
    first = distances[rows, nearest]
    distances[rows, nearest] = np.inf
    return nearest, (first <= MOST_APART) & (first < CLEARLY * distances.min(axis=1))
