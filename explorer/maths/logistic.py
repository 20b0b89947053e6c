"""Logistic regression on toy data: likelihood, loss, descent, and the maximum-likelihood estimate (E3, E6).

Samples are `x` (m × d, d features) with labels `y` (m, each 0 or 1). The parameters θ = (w_1 … w_d, b) are
one array `theta` with the bias last; where it has axes before that (a path, a grid), so has the result. The
regularised loss has the term l2/2 · Σ w², without the bias.

A descent that diverges reaches inf and nan, which are shown: parameters may be both, and where a value is undefined it
is nan. All other bad input raises `ValueError`, by the rules of `validation`.
"""

import numpy as np

from explorer.maths import losses
from explorer.maths.comparison import exceeds
from explorer.maths.descent import descend
from explorer.maths.validation import count, positive, real, zero_or_one

# --- Data -----------------------------------------------------------------------------------------------

# The share of label 1, and the distance between the centres of the classes in standard deviations. Separable
# classes are folded away from the boundary; theirs is the distance between the folds.
TOY_DATA = {
    "overlapping": (0.5, 1.5),
    "separable": (0.5, 0.6),
    "imbalanced": (0.1, 1.5),
    "outlier": (0.5, 4.0),
}


def toy_data(name, samples=40, seed=0, features=1):
    """Samples (x, y) of two classes that are normally distributed, with 1 or 2 features.

    The centres lie on either side of 0, on the diagonal where there are two features. `name` is
    - "overlapping": no boundary separates the classes;
    - "separable": one does, with a gap, so that there is no maximum-likelihood estimate;
    - "imbalanced": overlapping, a tenth of the samples has label 1;
    - "outlier": the first sample, of label 0, lies far on the side of label 1.
    Overlapping classes are drawn again until an estimate exists, which by chance it may not for few samples.
    """
    if name not in TOY_DATA:
        raise ValueError(f"name must be one of {', '.join(TOY_DATA)}; got {name!r}")
    if features not in (1, 2):
        raise ValueError(f"features must be 1 or 2; got {features!r}")
    samples = count("samples", samples, least=8)
    share, distance = TOY_DATA[name]
    ones = max(2, round(share * samples))
    y = np.repeat([0, 1], [samples - ones, ones])
    side = np.where(y == 1, 1.0, -1.0)[:, np.newaxis]
    diagonal = np.full(features, 1 / np.sqrt(features))
    random = np.random.default_rng(count("seed", seed, least=0))
    while True:
        noise = random.normal(size=(samples, features))
        if name == "separable":
            along = (noise @ diagonal)[:, np.newaxis]
            noise += (side * np.abs(along) - along) * diagonal
        x = noise + side * (distance / 2) * diagonal
        if name == "outlier":
            x[0] = 8 * diagonal
        if name == "separable" or has_estimate(x, y):
            return x, y


def has_estimate(x, y):
    """Whether −ln L(θ) has exactly one minimum: whether nothing hinders it (`hindrance`)."""
    return hindrance(x, y) is None


def hindrance(x, y):
    """Why −ln L(θ) does not have exactly one minimum, or None where it has; x has 1 or 2 features.

    - "one_label": all samples have the same label; the further the bias goes in its favour, the smaller is J;
    - "separable": a boundary has all samples of label 1 on one side (or on itself) and all of label 0 on the other,
      and not all of them on itself; J falls on and on as the parameters grow, and has no minimum;
    - "flat": the samples lie on one line (one feature: at one place), which leaves a direction in which J is constant.

    Albert and Anderson, "On the existence of maximum likelihood estimates in logistic regression models",
    Biometrika 71 (1984). If there is such a boundary, then there is one through as many samples as there are features,
    so it is enough to try each sample, or each pair. Comparing numbers is exact; on which side of a line a sample lies
    is decided up to rounding, and exactly where the coordinates are whole numbers.
    """
    x, y = _samples(x, y)
    if x.shape[1] > 2:
        raise ValueError(f"x must have 1 or 2 features; got {x.shape[1]}")
    if y.min() == y.max():
        return "one_label"
    side = np.where(y == 1, 1.0, -1.0)
    spans = False
    for point in x:
        away = x - point
        if x.shape[1] == 1:
            sides = side * away.T
        else:  # one row a line through `point` and another sample
            sides = side * (np.outer(away[:, 0], away[:, 1]) - np.outer(away[:, 1], away[:, 0]))
        off_boundary = (sides != 0).any(axis=-1)
        separates = (sides >= 0).all(axis=-1) | (sides <= 0).all(axis=-1)
        if (off_boundary & separates).any():
            return "separable"
        spans = spans or off_boundary.any()
    if spans:
        return None
    if x.shape[1] == 1:
        return "flat"
    # All on one line: it is one feature, the coordinate in which they differ most, that may separate them.
    along = np.ptp(x, axis=0).argmax()
    return hindrance(x[:, [along]], y) or "flat"


# --- What is minimised ----------------------------------------------------------------------------------


def scores(theta, x):
    """The logit of each sample, z_i = w · x_i + b; the last axis of the result is the samples (E1)."""
    x = _features(x)
    theta = _parameters(theta, x)
    with np.errstate(over="ignore", invalid="ignore"):
        return theta[..., :-1] @ x.T + theta[..., -1:]


def likelihood_terms(theta, x, y):
    """p(y_i|x_i), the probability of the observed label of each sample (E2)."""
    x, y = _samples(x, y)
    return _through_nan(losses.bernoulli_likelihood, scores(theta, x), y)


def likelihood(theta, x, y):
    """L(θ) = ∏ p(y_i|x_i), multiplied in float64, where it underflows to 0 with many samples (E3)."""
    return likelihood_terms(theta, x, y).prod(axis=-1)


def log_likelihood(theta, x, y):
    """ln L(θ) = Σ ln p(y_i|x_i), the sum of the logarithms, which does not underflow (E3)."""
    x, y = _samples(x, y)
    sample_losses = _through_nan(losses.binary_cross_entropy, scores(theta, x), y)
    with np.errstate(over="ignore"):
        return -sample_losses.sum(axis=-1)


def loss(theta, x, y, l2=0.0):
    """J(θ) = −1/m · ln L(θ) + l2/2 · Σ w² (E3)."""
    x, y = _samples(x, y)
    sample_losses = _through_nan(losses.binary_cross_entropy, scores(theta, x), y)
    with np.errstate(over="ignore"):
        penalty = _l2(l2) / 2 * (_penalised(theta, x, l2) ** 2).sum(axis=-1)
        return sample_losses.mean(axis=-1) + penalty


def loss_gradient(theta, x, y, l2=0.0):
    """∂J/∂θ = 1/m · Σ (σ(z_i) − y_i) (x_i, 1) + l2 · (w, 0), in the shape of `theta` (E6)."""
    x, y = _samples(x, y)
    errors = _through_nan(losses.binary_cross_entropy_gradient, scores(theta, x), y)
    with np.errstate(over="ignore"):
        return errors @ _design(x) / len(x) + _l2(l2) * _penalised(theta, x, l2)


def loss_hessian(theta, x, y, l2=0.0):
    """∂²J/∂θ² = 1/m · Σ σ′(z_i) (x_i, 1)(x_i, 1)ᵀ + l2 · diag(1 … 1, 0): never negative, so J is convex."""
    x, y = _samples(x, y)
    design = _design(x)
    curvature = _through_nan(lambda z, _: losses.sigmoid_derivative(z), scores(theta, x), y)
    weights = np.diag(np.append(np.ones(x.shape[1]), 0.0))
    return (curvature[..., np.newaxis, :] * design.T) @ design / len(x) + _l2(l2) * weights


def loss_surface(w, b, x, y, l2=0.0):
    """J over a grid of weights `w` and biases `b` for one feature: element [i, j] belongs to b[i], w[j]."""
    w, b = real("w", w), real("b", b)
    if w.ndim != 1 or b.ndim != 1:
        raise ValueError(f"w and b must have one axis each; got the shapes {w.shape} and {b.shape}")
    return loss(np.stack(np.meshgrid(w, b), axis=-1), x, y, l2)


# --- How it is minimised --------------------------------------------------------------------------------


def gradient_descent(theta, x, y, rate, steps, l2=0.0):
    """The path θ ← θ − η · ∂J/∂θ from `theta`: steps + 1 rows, the start among them (E6).

    If the learning rate is too large, the path oscillates or diverges (`grows_without_bound`) to inf and nan.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return descend(lambda theta: loss_gradient(theta, x, y, l2), _start(theta, x), rate, steps)


def grows_without_bound(learning_rate, l2):
    """Whether gradient descent on J, once it diverges, grows without bound: η·λ ≥ 2.

    The term l2 makes −(η·λ − 1)·w of w at each step, at least as far on the other side of 0. The rest of the gradient
    is bounded. Without such a term it points back towards the minimum from far away, if there is one, so that the
    path swings within bounds.
    """
    return not exceeds(2, positive("learning_rate", learning_rate) * _l2(l2))


def newton(theta, x, y, steps, l2=0.0):
    """The path θ ← θ − t · H⁻¹ ∂J/∂θ from `theta`, H the Hessian: at most steps + 1 rows.

    A step t is halved from 1 until it makes the loss no larger, up to rounding, and the gradient shorter. The
    path ends where none does: at the minimum, as near as float64 gets, or where all samples are so saturated
    that the Hessian has no useful inverse.
    """

    def slope(theta):
        gradient = loss_gradient(theta, x, y, l2)
        return loss(theta, x, y, l2), np.linalg.norm(gradient), gradient

    path = [_start(theta, x)]
    height, length, gradient = slope(path[0])
    for _ in range(count("steps", steps, least=0)):
        try:
            direction = np.linalg.solve(loss_hessian(path[-1], x, y, l2), -gradient)
        except np.linalg.LinAlgError:
            break
        for halvings in range(60):
            candidate = path[-1] + direction / 2**halvings
            new_height, new_length, new_gradient = slope(candidate)
            if new_height <= height * (1 + 1e-15) and new_length < length:
                break
        else:
            break
        path.append(candidate)
        height, length, gradient = new_height, new_length, new_gradient
    return np.array(path)


def maximum_likelihood_estimate(x, y, l2=0.0):
    """The θ that minimises J, or None where none does, or more than one (see `has_estimate`).

    With separable classes J keeps falling as the weights grow. A term l2 > 0 brings the minimum back, unless
    only one label occurs: then the bias, which it leaves alone, still grows without bound.
    """
    x, y = _samples(x, y)
    exists = 0 < y.sum() < len(y) if _l2(l2) > 0 else has_estimate(x, y)
    return newton(np.zeros(x.shape[1] + 1), x, y, steps=2000, l2=l2)[-1] if exists else None


# --- Shared steps ---------------------------------------------------------------------------------------


def _through_nan(function, z, y):
    """function(z, y), and nan where z is nan, so that a path that has diverged can be shown."""
    undefined = np.isnan(z)
    return np.where(undefined, np.nan, function(np.where(undefined, 0.0, z), y))


def _design(x):
    return np.column_stack([x, np.ones(len(x))])


def _penalised(theta, x, l2):
    """(w, 0), to which the penalty applies; all 0 without a penalty, since 0 · inf is nan."""
    weights = _parameters(theta, x)
    weights[..., -1 if l2 else slice(None)] = 0
    return weights


def _features(x):
    x = real("x", x)
    if x.ndim != 2 or 0 in x.shape or not np.isfinite(x).all():
        raise ValueError(f"x must be finite, of the shape (samples, features); got the shape {x.shape}")
    return x


def _samples(x, y):
    x, y = _features(x), zero_or_one("y", y)
    if y.shape != (len(x),):
        raise ValueError(f"y must have one label for each of the {len(x)} samples; got the shape {y.shape}")
    return x, y


def _parameters(theta, x):
    theta = np.asarray(theta)
    if theta.dtype.kind not in "iuf" or theta.ndim == 0 or theta.shape[-1] != x.shape[1] + 1:
        raise ValueError(
            f"theta must hold {x.shape[1]} weights and a bias on its last axis; got the shape {theta.shape}"
        )
    return theta.astype(np.float64)


def _start(theta, x):
    theta = _parameters(theta, _features(x))
    if theta.ndim != 1:
        raise ValueError(f"theta must be one set of parameters to start from; got the shape {theta.shape}")
    return theta


def _l2(l2):
    l2 = real("l2", l2)
    if l2.ndim or not 0 <= l2 < np.inf:
        raise ValueError(f"l2 must be one finite number, 0 or more; got {l2}")
    return l2
