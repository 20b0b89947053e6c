"""Three classes in the plane: toy clusters, and softmax regression against one logistic regression a class (E7).

Points are `x` (m × 2) with multi-hot `labels` (m × 3). The parameters are one row a class, `theta` (3 × 3), two
weights and the bias last, so the logits of a point are f_k = w_k · x + b_k. Bad input raises `ValueError`, by the
rules of `validation`.
"""

import numpy as np

from explorer.maths import logistic, losses, multi_label
from explorer.maths.validation import count, positive, real

_ANGLES = np.radians([90, 150, 210, 270, 330, 30])
_HEXAGON = 2 * np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=-1)

# The centre of each cluster, and the labels of its points.
CLUSTERS = {
    "separate": (_HEXAGON[::2], np.eye(3)),
    "overlapping": (_HEXAGON, np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]])),
    "row": (np.array([[-2.4, 0.0], [0.0, 0.0], [2.4, 0.0]]), np.eye(3)),
}
# The labels that a point may have: one of the classes, or two of them.
KINDS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]])
# Keeps the weights finite where lines separate the classes; the biases are left alone.
L2 = 0.01


def clusters(name, points=20, spread=0.45, seed=0):
    """`points` points (x, labels) around each centre of `CLUSTERS[name]`, with the standard deviation `spread`.

    - "separate": three clusters, each a class of its own;
    - "overlapping": between each two of them lies one whose points belong to both classes;
    - "row": three clusters side by side, each a class of its own.
    """
    if name not in CLUSTERS:
        raise ValueError(f"name must be one of {', '.join(CLUSTERS)}; got {name!r}")
    centres, labels = (np.repeat(array, count("points", points, least=1), axis=0) for array in CLUSTERS[name])
    random = np.random.default_rng(count("seed", seed, least=0))
    return centres + positive("spread", spread) * random.normal(size=centres.shape), labels.astype(float)


def logits(theta, x):
    """f_k = w_k · x + b_k for each point (last axis: its two coordinates) and class."""
    theta = np.asarray(theta)
    return real("x", x) @ theta[:, :-1].T + theta[:, -1]


def sigmoid_regressions(x, labels):
    """The parameters of three logistic regressions, each fitted to one label of its own (`logistic.loss`).

    A label that no point has, or every point, leaves no minimum: the loss falls to 0 as the bias goes to ∓∞ and the
    weights to 0. That limit is returned, so that the probability is 0, or 1, everywhere.
    """

    def fitted(y):
        if y.min() == y.max():
            return np.array([0.0, 0.0, np.inf if y[0] else -np.inf])
        return logistic.newton(np.zeros(3), x, y, steps=50, l2=L2)[-1]

    return np.array([fitted(y) for y in np.transpose(labels)])


def softmax_regression(x, labels):
    """The parameters that minimise `softmax_regression_loss`, by Newton's method; the biases sum to 0.

    The Hessian has one direction without curvature: a number added to all biases changes no probability. Least
    squares leaves that direction alone. A step is halved until it does not raise the loss, up to rounding.
    A class that no point has leaves no minimum: the loss falls as its bias goes to −∞ and its weights to 0. That limit
    is returned, in which its probability is 0 and the other classes are fitted without it.
    """
    present = np.any(labels, axis=0)
    if not present.all():
        theta = np.tile([0.0, 0.0, -np.inf], (len(present), 1))
        theta[present] = softmax_regression(x, np.asarray(labels)[:, present])
        return theta
    theta = np.zeros((len(present), 3))
    for _ in range(50):
        gradient = softmax_regression_gradient(theta, x, labels)
        step = np.linalg.lstsq(_hessian(theta, x), -gradient.ravel(), rcond=1e-12)[0].reshape(theta.shape)
        if np.abs(step).max() < 1e-10:
            break
        height = softmax_regression_loss(theta, x, labels) + 1e-14
        while softmax_regression_loss(theta + step, x, labels) > height:
            step = step / 2
        theta = theta + step
    return theta


def softmax_regression_loss(theta, x, labels):
    """1/m · Σ_i H(p_i, softmax(f_i)) + l2/2 · Σ w², with p_i uniform over the true labels of point i."""
    return multi_label.softmax_loss(logits(theta, x), labels).mean() + L2 / 2 * (theta[:, :-1] ** 2).sum()


def softmax_regression_gradient(theta, x, labels):
    """Its gradient, 1/m · Σ_i (softmax(f_i) − p_i) (x_i, 1) + l2 · (w, 0), in the shape of `theta`."""
    errors = multi_label.softmax_loss_gradient(logits(theta, x), labels)
    return errors.T @ _design(x) / len(x) + L2 * theta * [1, 1, 0]


def largest(values):
    """Multi-hot: the class with the largest value on the last axis, one for each point."""
    return np.eye(np.shape(values)[-1])[np.argmax(values, axis=-1)]


def above_half(logits):
    """Multi-hot: the classes with σ(f_k) > 1/2, which is f_k > 0; none, one or several."""
    return (real("logits", logits) > 0).astype(float)


def line(row, reach=12.0, points=1201):
    """Points on the line w · x + b = 0 of (w, b), up to `reach` from the point nearest to the origin.

    No points, an array (0, 2), where there is no direction, or where b is infinite and the line infinitely far away.
    """
    normal, b = row[:2], row[2]
    length = np.hypot(*normal)
    if length == 0 or not np.isfinite(b):
        return np.empty((0, 2))
    along = np.array([-normal[1], normal[0]]) / length
    return -b * normal / length**2 + np.linspace(-reach, reach, points)[:, np.newaxis] * along


def sigmoid_boundaries(theta):
    """The line w_k · x + b_k = 0 of each class, on which σ(f_k) = 1/2: points (n × 2), none without a direction."""
    return [line(row) for row in np.asarray(theta)]


def softmax_boundaries(theta):
    """Where the two largest of the three logits are equal, for each pair of classes: points (n × 2) on a line."""
    theta = np.asarray(theta)
    boundaries = []
    for a, b, other in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        if np.isneginf(theta[[a, b], 2]).any():  # one of the two is never named
            boundaries.append(np.empty((0, 2)))
            continue
        points = line(theta[a] - theta[b])
        values = logits(theta, points)
        boundaries.append(points[values[:, other] <= values[:, a]])
    return boundaries


def exactly_right(named, labels):
    """The number of points for which exactly the true labels are named."""
    return int((np.asarray(named) == labels).all(axis=-1).sum())


def _hessian(theta, x):
    """∂²/∂θ², 3K × 3K for K classes: 1/m · Σ_i (diag(q_i) − q_i q_iᵀ) ⊗ (x_i, 1)(x_i, 1)ᵀ + l2 for each weight."""
    q, design, classes = losses.softmax(logits(theta, x)), _design(x), len(theta)
    curvature = np.einsum("ik,kl->ikl", q, np.eye(classes)) - np.einsum("ik,il->ikl", q, q)
    hessian = np.einsum("ikl,ia,ib->kalb", curvature, design, design) / len(x)
    return hessian.reshape(3 * classes, 3 * classes) + np.diag(np.tile([L2, L2, 0.0], classes))


def _design(x):
    return np.column_stack([x, np.ones(len(x))])
