"""Validation of arguments: each function returns an argument as an array, or raises an error.

All raise `ValueError`; the message names the argument, what was wrong, and what is allowed.
"""

import numpy as np

# Probabilities made with float32 miss a sum of 1 by about 1e-7, and are still probabilities.
SUM_TOLERANCE = 1e-6


def real(name, value):
    """`value` as a float64 array without nan; infinities pass."""
    array = _rectangular(name, value)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be a real number or an array of real numbers; got {value!r:.80}")
    array = array.astype(np.float64)
    if np.isnan(array).any():
        raise ValueError(f"{name} must not contain nan; numbers are allowed")
    return array


def whole(name, value):
    """`value` as an array of integers; 3.0 and True are rejected."""
    array = _rectangular(name, value)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be a whole number or an array of whole numbers; got {value!r:.80}")
    return array


def count(name, value, least):
    """`value` as an int, `least` or more."""
    array = whole(name, value)
    if array.ndim or array < least:
        raise ValueError(f"{name} must be one whole number, {least} or more; got {value}")
    return int(array)


def positive(name, value):
    """`value` as one finite number above 0."""
    array = real(name, value)
    if array.ndim or not 0 < array < np.inf:
        raise ValueError(f"{name} must be one finite number above 0; got {value}")
    return float(array)


def zero_or_one(name, value):
    """`value` as a float64 array of zeros and ones."""
    array = real(name, value)
    wrong = (array != 0) & (array != 1)
    if wrong.any():
        raise ValueError(f"{name} must be 0 or 1; got {array[wrong][0]}")
    return array


def class_labels(name, value, classes):
    """`value` as an array of indices from 0 to `classes` − 1."""
    array = whole(name, value)
    wrong = (array < 0) | (array >= classes)
    if wrong.any():
        raise ValueError(f"{name} must be from 0 to {classes - 1} for {classes} classes; got {array[wrong][0]}")
    return array.astype(np.intp)


def with_classes(name, value):
    """`value` as a float64 array whose last axis holds one class or more."""
    array = real(name, value)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{name} must have one class or more on the last axis; got the shape {array.shape}")
    return array


def distribution(name, value):
    """`value` as a float64 array of probabilities that sum to 1 over the last axis (`SUM_TOLERANCE`)."""
    array = with_classes(name, value)
    if (array < 0).any():
        raise ValueError(f"{name} must hold probabilities of 0 or more; got {array[array < 0][0]}")
    total = array.sum(axis=-1)
    wrong = np.abs(total - 1) > SUM_TOLERANCE
    if wrong.any():
        allowed = f"must sum to 1 over the last axis, within {SUM_TOLERANCE}"
        raise ValueError(f"{name} {allowed}; got the sum {total[wrong][0]}")
    return array


def broadcast(names, *shapes):
    """The common shape of `shapes`, by numpy's rules."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        shapes = " and ".join(map(str, shapes))
        raise ValueError(f"{names} must have shapes that are equal or broadcast; got {shapes}") from None


def _rectangular(name, value):
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a number or a rectangular array; got rows of unequal length") from None
