"""Uses of the divergences: a symmetric one, along a logit, in the simplex, and in the fit of a density.

Distributions have their classes on the last axis, as in `losses`; values are in nats. Bad input raises
`ValueError`, by the rules of `validation`.
"""

from dataclasses import dataclass

import numpy as np

from explorer.maths import losses
from explorer.maths.validation import class_labels, count, distribution, positive, real, with_classes


def jensen_shannon_divergence(p, q):
    """JS(p,q) = ½ D_KL(p‖m) + ½ D_KL(q‖m) with m = (p + q)/2: symmetric, and never above ln 2.

    Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37 (1991).
    """
    p, q = distribution("p", p), distribution("q", q)
    middle = (p + q) / 2
    return (losses.kl_divergence(p, middle) + losses.kl_divergence(q, middle)) / 2


# --- Along one logit (E10) ------------------------------------------------------------------------------


@dataclass(frozen=True)
class LogitLine:
    """H(p,q) and D_KL(p‖q) as functions of one logit `f` (n), the others fixed, and their slopes.

    `gradient` is q_k − p_k, the formula for the derivative of both. The two slopes are computed from the losses as
    central differences.
    """

    f: np.ndarray
    cross_entropy: np.ndarray
    kl_divergence: np.ndarray
    gradient: np.ndarray
    cross_entropy_slope: np.ndarray
    kl_divergence_slope: np.ndarray


def logit_line(p, logits, k, extent=(-10.0, 10.0), points=81):
    """H(p,q) and D_KL(p‖q) for a fixed target `p` as the logit of class `k` runs through `extent` (E10)."""
    p, logits = distribution("p", p), with_classes("logits", logits)
    k = int(class_labels("k", k, logits.shape[-1]))
    f = np.linspace(*real("extent", extent), count("points", points, least=2))

    def at(f, loss):
        row = np.tile(logits, (f.size, 1))
        row[:, k] = f
        return loss(p, losses.softmax(row))

    def slope(loss, step=1e-4):
        return (at(f + step, loss) - at(f - step, loss)) / (2 * step)

    return LogitLine(
        f=f,
        cross_entropy=at(f, losses.cross_entropy),
        kl_divergence=at(f, losses.kl_divergence),
        gradient=at(f, lambda p, q: q[:, k] - p[k]),
        cross_entropy_slope=slope(losses.cross_entropy),
        kl_divergence_slope=slope(losses.kl_divergence),
    )


# --- In the simplex --------------------------------------------------------------------------------------


def level_sets(p, levels, rays=180):
    """The outlines of the sets of all q of three classes with D_KL(p‖q) ≤ level: levels × (rays + 1) × 3.

    D_KL(p‖q) is convex in q and 0 at p, so it grows along every ray from p. On each ray, the farthest q within the
    level is found by bisection. Where the ray reaches the edge before the level, the outline follows the edge.
    The last ray is the first.
    """
    p, levels = distribution("p", p), real("levels", levels)[:, np.newaxis]
    if p.shape != (3,):
        raise ValueError(f"p must be one distribution of three classes; got the shape {p.shape}")
    # Equal angles in the triangle of `surfaces.simplex_xy`, as directions in q.
    angle = np.linspace(0, 2 * np.pi, count("rays", rays, least=3) + 1)
    dx, dy = np.cos(angle), np.sin(angle) / np.sqrt(3)
    direction = np.stack([-dx - dy, dx - dy, 2 * dy], axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        edge = np.where(direction < 0, p / -direction, np.inf).min(axis=-1)

    def at(distance):
        return np.maximum(p + distance[..., np.newaxis] * direction, 0)

    possible = p > 0
    highest = levels + losses.entropy(p)
    low = np.zeros((len(levels), edge.size))
    high = low + edge
    for _ in range(50):
        middle = (low + high) / 2
        with np.errstate(divide="ignore"):
            cross_entropy = -np.log(at(middle)[..., possible]) @ p[possible]
        within = cross_entropy <= highest
        low, high = np.where(within, middle, low), np.where(within, high, middle)
    return at(low)


# --- One normal density for a mixture of two -------------------------------------------------------------


@dataclass(frozen=True)
class Fit:
    """A normal density q on the points `x`, its mean and standard deviation, and the divergence after each step."""

    q: np.ndarray
    mean: float
    deviation: float
    path: np.ndarray


def log_hump(x, mean, deviation):
    """ln q of the normal density with `mean` and standard `deviation`, on the points `x` and summing to 1 there."""
    return losses.log_softmax(-(((x - mean) / deviation) ** 2) / 2)


def log_two_humps(x, gap, share, deviation=1.0):
    """ln p of a mixture of two normal densities at −gap/2 and gap/2, the left one with the weight `share`."""
    left = log_hump(x, -gap / 2, deviation) + np.log(share)
    right = log_hump(x, gap / 2, deviation) + np.log(1 - share)
    return np.logaddexp(left, right)


def fit_hump(log_p, x, reverse, mean=0.0, deviation=1.0, steps=2000):
    """The normal density q that minimises D_KL(p‖q) or, with `reverse`, D_KL(q‖p), found by descent.

    With u = (x − m)/s² and v = (x − m)²/s², the derivatives of ln q by m and ln s up to a constant, the
    gradient of D_KL(p‖q) is E_q[u] − E_p[u] (and the same in v), that of D_KL(q‖p) is Cov_q(u, ln(q/p)). A step
    is the gradient times the inverse Fisher information diag(s², ½), shortened to at most one standard deviation
    and halved until the divergence falls; the descent ends where it no longer does. D_KL(p‖q) has one minimum,
    at the mean and the deviation of p. D_KL(q‖p) can have one near each mode of p and one between them; which one is
    found depends on the start.
    """
    log_p, p = real("log_p", log_p), np.exp(log_p)

    def divergence(m, s):
        log_q = log_hump(x, m, s)
        q = np.exp(log_q)
        return float(q @ (log_q - log_p)) if reverse else float(p @ (log_p - log_q))

    def step(m, s):
        log_q = log_hump(x, m, s)
        q = np.exp(log_q)
        scores = np.stack([(x - m) / s**2, ((x - m) / s) ** 2])
        log_ratio = log_q - log_p
        gradient = scores @ (q * (log_ratio - q @ log_ratio) if reverse else q - p)
        by_mean, by_log_deviation = s**2 * gradient[0], gradient[1] / 2
        # Longer steps can lead to where q is flat and the gradient is 0.
        shortened = min(1.0, 1 / max(np.hypot(by_mean / s, by_log_deviation), 1e-300))
        return shortened * by_mean, shortened * by_log_deviation

    m, s = float(real("mean", mean)), positive("deviation", deviation)
    path = [divergence(m, s)]
    for _ in range(count("steps", steps, least=1)):
        by_mean, by_log_deviation = step(m, s)
        for halvings in range(40):
            rate = 0.5**halvings
            candidate = m - rate * by_mean, s * np.exp(-rate * by_log_deviation)
            if (lower := divergence(*candidate)) < path[-1]:
                break
        else:
            break
        m, s = candidate
        path.append(lower)
    return Fit(np.exp(log_hump(x, m, s)), m, s, np.array(path))
