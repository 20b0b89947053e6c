"""What is more than the roundings of float64: only that may decide a sentence, and only that is worth a number."""

import numpy as np

RELATIVE, ABSOLUTE = 1e-9, 1e-12


def exceeds(a, b, by=0.0):
    """Whether a > b + by, and by more than roundings: nan exceeds nothing, and nothing exceeds nan.

    a, b: numbers or arrays whose shapes broadcast. by: 0 or more.

    >>> bool(exceeds(0.1 + 0.2, 0.3)), bool(exceeds(0.3001, 0.3)), bool(exceeds(np.inf, 1e300))
    (False, True, True)
    """
    least = np.asarray(b, np.float64) + by
    return (np.greater(a, least) & ~np.isclose(a, least, rtol=RELATIVE, atol=ABSOLUTE))[()]


def rises(values):
    """Whether each of `values` (n,), but for the first, exceeds the one before it: (n − 1,) of bool."""
    values = np.asarray(values, np.float64)
    return exceeds(values[1:], values[:-1])


def without_roundings(value, of):
    """`value`, and 0 where it is nothing but the roundings of the numbers of the size `of` that cancel in it.

    >>> float(without_roundings(0.1 + 0.2 - 0.3, of=0.3)), float(without_roundings(1e-9, of=0.3))
    (0.0, 1e-09)
    """
    value = np.asarray(value, np.float64)
    return np.where(np.abs(value) < ABSOLUTE * np.abs(of), 0.0, value)[()]
