"""The functions of `losses` on grids, ready to draw.

Values are those of `losses`, infinities included. Bad input raises `ValueError`, by the rules of `validation`.
"""

from dataclasses import dataclass

import numpy as np

from explorer.maths import losses
from explorer.maths.validation import class_labels, count, distribution, real, with_classes

# Along each axis. Plotly doubles what it is given until it has 120 or more: 61 become 123, but 41 would become 165, and
# nearly twice as many triangles to draw.
POINTS = 61


@dataclass(frozen=True)
class Surface:
    """A function of two variables on a grid: `z[i, j]` is its value at `x[j]`, `y[i]`, as plotly takes it."""

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray


@dataclass(frozen=True)
class TwoClassSurfaces:
    """H(p,q) and D_KL(p‖q) of two classes over x = p and y = q, the probabilities of the first class.

    Along the valley q = p the cross-entropy is `valley`, the entropy H(p) at each x, and the divergence is 0.
    """

    cross_entropy: Surface
    kl_divergence: Surface
    valley: np.ndarray


@dataclass(frozen=True)
class SoftmaxAndSigmoid:
    """The same probability by two formulas over the logits x = z₁ and y = z₂, and how far they differ."""

    softmax: Surface
    sigmoid: Surface
    difference: Surface


def sigmoid_surface(w1, w2, b, extent=(-6.0, 6.0), points=POINTS):
    """σ(w₁x₁ + w₂x₂ + b) over the plane of two features, x = x₁ and y = x₂ (E1)."""
    w1, w2, b = real("w1", w1), real("w2", w2), real("b", b)
    axis = _axis(extent, points)
    x1, x2 = np.meshgrid(axis, axis)
    return Surface(axis, axis, losses.sigmoid(w1 * x1 + w2 * x2 + b))


def softmax_quantity(logits, label, quantity="loss", of_class=None, temperature=1.0):
    """What `softmax_surface` draws, at given logits (classes on the last axis) (E4 to E6).

    `quantity` is "loss" for the loss of the true class `label`, "probability" for that of `of_class`, or
    "gradient" for the derivative of the loss with respect to the logit of `of_class`. Without `of_class` the
    true class is taken.
    """
    logits = with_classes("logits", logits)
    label = _one_class("label", label, logits)
    of_class = label if of_class is None else _one_class("of_class", of_class, logits)
    if quantity == "loss":
        return losses.softmax_loss(logits, label, temperature)
    if quantity == "probability":
        return losses.softmax(logits, temperature)[..., of_class][()]
    if quantity == "gradient":
        return losses.softmax_loss_gradient(logits, label, temperature)[..., of_class][()]
    raise ValueError(f'quantity must be "loss", "probability" or "gradient"; got {quantity!r}')


def softmax_surface(
    logits,
    label,
    axes=(0, 1),
    quantity="loss",
    of_class=None,
    temperature=1.0,
    extent=(-10.0, 10.0),
    points=POINTS,
):
    """`softmax_quantity` over two logits, x = that of class `axes[0]` and y = that of `axes[1]`.

    The other logits (one row of K) stay as they are.
    """
    logits = with_classes("logits", logits)
    axes = class_labels("axes", axes, logits.shape[-1])
    if logits.ndim != 1:
        raise ValueError(f"logits must be one row of logits; got the shape {logits.shape}")
    if axes.shape != (2,) or axes[0] == axes[1]:
        raise ValueError(f"axes must be two different classes; got {axes.tolist()}")
    axis = _axis(extent, points)
    grid = np.tile(logits, (axis.size, axis.size, 1))
    grid[..., axes[0]], grid[..., axes[1]] = np.meshgrid(axis, axis)
    return Surface(axis, axis, softmax_quantity(grid, label, quantity, of_class, temperature))


def two_class_surfaces(points=POINTS):
    """Cross-entropy and divergence of two classes over the open square 0 < p, q < 1 (E8, E9).

    The grid holds the middles of `points` equal steps, so that all its values are finite.
    """
    points = count("points", points, least=2)
    axis = (np.arange(points) + 0.5) / points
    both = np.stack([axis, 1 - axis], axis=-1)
    p, q = both[np.newaxis, :], both[:, np.newaxis]
    return TwoClassSurfaces(
        cross_entropy=Surface(axis, axis, losses.cross_entropy(p, q)),
        kl_divergence=Surface(axis, axis, losses.kl_divergence(p, q)),
        valley=losses.entropy(both),
    )


def simplex_xy(q):
    """The position (x, y) of a distribution of three classes in the equilateral triangle of side 1.

    The corners are the one-hot distributions, in order (0, 0), (1, 0) and (1/2, √3/2); a distribution is
    their mean, weighted by its probabilities.
    """
    q = distribution("q", q)
    if q.shape[-1] != 3:
        raise ValueError(f"q must have three classes; got {q.shape[-1]}")
    return q[..., 1] + q[..., 2] / 2, q[..., 2] * (np.sqrt(3) / 2)


def two_class_softmax_and_sigmoid(extent=(-6.0, 6.0), points=POINTS):
    """The softmax probability of the first of two classes, and σ(z₁ − z₂): the same surface (E7)."""
    axis = _axis(extent, points)
    z1, z2 = np.meshgrid(axis, axis)
    softmax = losses.softmax(np.stack([z1, z2], axis=-1))[..., 0]
    sigmoid = losses.sigmoid(z1 - z2)
    return SoftmaxAndSigmoid(*(Surface(axis, axis, z) for z in (softmax, sigmoid, softmax - sigmoid)))


def _one_class(name, value, logits):
    label = class_labels(name, value, logits.shape[-1])
    if label.ndim:
        raise ValueError(f"{name} must be one class; got {label.tolist()}")
    return int(label)


def _axis(extent, points):
    extent = real("extent", extent)
    if extent.shape != (2,) or not -np.inf < extent[0] < extent[1] < np.inf:
        raise ValueError(f"extent must be two finite numbers, the smaller one first; got {extent.tolist()}")
    return np.linspace(*extent, count("points", points, least=2))
