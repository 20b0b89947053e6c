"""Softmax and its logarithm computed in a given precision, to show what goes wrong and where.

The functions here compute in the dtype of their argument (float16, float32 or float64), on one row of logits. They
let numbers overflow and vanish on purpose; `losses` is how it is done right.
"""

import numpy as np

DTYPES = (np.float16, np.float32, np.float64)


def naive_softmax(logits):
    """e^f / Σ e^f, as the formula stands (E4).

    e^f overflows to inf beyond the logarithm of the largest number (11.09, 88.72 or 709.78), and inf/inf is nan;
    where all e^f underflow to 0, 0/0 is nan too.
    """
    with np.errstate(all="ignore"):
        powers = np.exp(logits)
        return powers / powers.sum(dtype=logits.dtype)


def shifted_softmax(logits):
    """e^(f − max f) / Σ e^(f − max f): no exponent is positive, and the sum is at least 1."""
    with np.errstate(all="ignore"):
        powers = np.exp(logits - logits.max())
        return powers / powers.sum(dtype=logits.dtype)


def log_softmax(logits):
    """(f − max f) − ln Σ e^(f − max f), with no logarithm of a probability that has vanished."""
    with np.errstate(all="ignore"):
        shifted = logits - logits.max()
        return shifted - np.log(np.exp(shifted).sum(dtype=logits.dtype))


def loss_by_method(logits, label):
    """Return the loss of class `label` by three methods, each in the dtype of `logits`: a dict of scalars.

    "naive" is −ln of `naive_softmax`, "shifted" −ln of `shifted_softmax`, and "log_softmax" minus `log_softmax`.
    """
    with np.errstate(all="ignore"):
        values = {
            "naive": -np.log(naive_softmax(logits)[label]),
            "shifted": -np.log(shifted_softmax(logits)[label]),
            "log_softmax": -log_softmax(logits)[label],
        }
    return {method: value + logits.dtype.type(0) for method, value in values.items()}  # 0 for −0


def cast(logits, dtype):
    """Store `logits` in `dtype`: beyond 65,504 float16 holds only inf."""
    with np.errstate(over="ignore"):
        return np.asarray(logits, np.float64).astype(dtype)


def judge(value, exact):
    """Judge a computed number: "nan", "inf", "zero" (if it should not be), "off" (by more than 1%) or "right"."""
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "inf"
    if value == 0 != exact:
        return "zero"
    return "off" if abs(float(value) - exact) > 0.01 * abs(exact) else "right"


def grown(logits, how, magnitude):
    """Return `logits` in float64, changed so that the largest is `magnitude` (for "minus": −`magnitude`).

    "times" multiplies all of them (by what makes the largest size `magnitude`, where none is positive), which
    acts like a low temperature; "plus" and "minus" add one number to all, which changes no probability.
    """
    logits = np.asarray(logits, np.float64)
    if how == "times":
        largest = logits.max() if logits.max() > 0 else np.abs(logits).max()
        return logits * (magnitude / largest) if largest > 0 else logits
    if how in ("plus", "minus"):
        return logits - logits.max() + (magnitude if how == "plus" else -magnitude)
    raise ValueError(f'how must be "times", "plus" or "minus"; got {how!r}')
