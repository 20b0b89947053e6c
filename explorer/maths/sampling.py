"""Samples drawn from a distribution, and the mean of what they cost (E8).

Costs may be infinite, and then so are their means. Bad input raises `ValueError`, by the rules of `validation`.
"""

import numpy as np

from explorer.maths.validation import count, distribution, real


def draw(p, seed, size):
    """Draw `size` labels from the distribution `p` (K); the first of them do not depend on how many are drawn.

    A number u, uniform in [0, 1), gives the first class whose cumulative probability is above u ("inversion": Devroye,
    Non-Uniform Random Variate Generation, 1986, section III.2), so a class of probability 0 is never drawn.

    >>> draw([0.5, 0, 0.5], seed=1, size=6).tolist()
    [2, 2, 0, 2, 0, 0]
    """
    p = distribution("p", p)
    if p.ndim != 1:
        raise ValueError(f"p must be one distribution; got the shape {p.shape}")
    cumulative = p.cumsum()
    uniform = np.random.default_rng(seed).random(count("size", size, least=0))
    # Divided by their last, the sums end at exactly 1, which no u reaches.
    return np.searchsorted(cumulative / cumulative[-1], uniform, side="right")


def running_mean(values):
    """Return the mean of the first 1, 2, … n of `values` (n); from the first that is `inf` on, it is `inf`."""
    values = real("values", values)
    return values.cumsum() / np.arange(1, len(values) + 1)


def mean_and_deviation(p, values):
    """Return Σ p·v and the standard deviation √(Σ p·(v − mean)²) of `values` (K) that come as in `p` (K).

    A value that never comes (p = 0) does not count, even if it is infinite; one that does makes both infinite. The mean
    of n independent draws then has the deviation s/√n, with s that of one draw.

    >>> print(*mean_and_deviation([0.5, 0.5, 0], [1.0, 3.0, np.inf]))
    2.0 1.0
    """
    p, values = distribution("p", p), real("values", values)
    possible = p > 0
    p, values = p[possible], values[possible]
    mean = p @ values
    return mean, np.sqrt(p @ (values - mean) ** 2) if np.isfinite(mean) else np.inf


def evenly(things, size):
    """Return `size` indices of `things` things, the first and the last among them, as even as can be.

    >>> evenly(7, 3).tolist()
    [0, 3, 6]
    """
    return np.linspace(0, count("things", things, least=1) - 1, count("size", size, least=1)).round().astype(int)
