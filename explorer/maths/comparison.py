"""Comparisons with a tolerance for the rounding errors of float64; only these may decide what a text says."""

import numpy as np

RELATIVE, ABSOLUTE = 1e-9, 1e-12


def exceeds(a, b, by=0.0):
    """Whether a > b + by, by more than rounding errors. With nan it is False.

    a, b: numbers or arrays whose shapes broadcast. by: 0 or more.

    >>> bool(exceeds(0.1 + 0.2, 0.3)), bool(exceeds(0.3001, 0.3)), bool(exceeds(np.inf, 1e300))
    (False, True, True)
    """
    least = np.asarray(b, np.float64) + by
    return (np.greater(a, least) & ~np.isclose(a, least, rtol=RELATIVE, atol=ABSOLUTE))[()]


def larger(a, b, by=0.0):
    """Which of two numbers exceeds the other (`exceeds`): 0 for a, 1 for b, 2 for neither.

    >>> larger(2.0, 1.0), larger(0.3, 0.1 + 0.3), larger(0.1 + 0.2, 0.3)
    (0, 1, 2)
    """
    return 0 if exceeds(a, b, by) else 1 if exceeds(b, a, by) else 2


def rises(values):
    """Whether each of `values` (n,) after the first exceeds the one before it: bool (n − 1,)."""
    values = np.asarray(values, np.float64)
    return exceeds(values[1:], values[:-1])


def without_roundings(value, of):
    """`value`, with 0 where it is only the rounding error left by cancelling numbers of the size `of`.

    >>> float(without_roundings(0.1 + 0.2 - 0.3, of=0.3)), float(without_roundings(1e-9, of=0.3))
    (0.0, 1e-09)
    """
    value = np.asarray(value, np.float64)
    return np.where(np.abs(value) < ABSOLUTE * np.abs(of), 0.0, value)[()]
