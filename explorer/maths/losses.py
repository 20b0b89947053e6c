"""The formulas of the essay (E1 to E12) in numpy: the reference against which everything is tested.

Every function works on whole arrays. Functions of a logit z act element by element; functions of logits or of
a distribution have their classes on the last axis and any number of axes before it. They compute in float64,
return numpy scalars for scalar input and measure losses in nats (logarithms to base e).

Nothing is clipped and no epsilon is added: a loss that is infinite is `inf`, and one of 1e-40 is 1e-40.
Results are correct to a relative 1e-12 for the numbers given, with two exceptions: subnormal results, and
`kl_divergence` of nearly equal distributions, whose docstring gives its error.

Bad input raises `ValueError`, whose message names the argument, what was wrong with it, and what is allowed.
"""

import numpy as np

from explorer.maths.validation import (
    broadcast,
    class_labels,
    count,
    distribution,
    positive,
    real,
    with_classes,
    zero_or_one,
)

# --- One logit, two classes (E1 to E3) ------------------------------------------------------------------


def sigmoid(z):
    """The probability of label 1, σ(z) = 1 / (1 + e^(−z)) (E1).

    For z < 0 it is computed as e^z / (1 + e^z), the same number without an e^(−z) that could overflow. So no
    exponent is ever positive: `sigmoid(-1e4)` is 0 and raises no warning. The probability of label 0 is
    σ(−z), which stays accurate where 1 − σ(z) has been rounded to 0:

    >>> print(1 - sigmoid(40), sigmoid(-40))
    0.0 4.248354255291589e-18
    """
    z = real("z", z)
    decay = np.exp(-np.abs(z))
    return (np.where(z >= 0, 1.0, decay) / (1 + decay))[()]


def sigmoid_derivative(z):
    """σ′(z) = σ(z) · (1 − σ(z)) = σ(z) · σ(−z): 1/4 at z = 0, and near 0 where the sigmoid saturates."""
    return sigmoid(z) * sigmoid(-real("z", z))


def log_sigmoid(z):
    """ln σ(z) = min(z, 0) − ln(1 + e^(−|z|)).

    Both terms are at most 0, so nothing cancels, and neither overflows. The logarithm of the sigmoid fails at
    both ends: it is −inf where σ(z) underflows, and 0 where σ(z) rounds to 1.

    >>> print(log_sigmoid(-1000), log_sigmoid(40))
    -1000.0 -4.248354255291589e-18
    """
    z = real("z", z)
    return np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z)))


def bernoulli_likelihood(z, y):
    """The probability of the label that was observed, p(y|x) = σ(z)^y · (1 − σ(z))^(1−y) (E2).

    `y` is 0 or 1, so one of the two factors is 1 and the other one is σ(z) or σ(−z). Shapes broadcast.
    """
    return sigmoid(_logit_of_observed_label(z, y))


def binary_cross_entropy(z, y):
    """The loss of one sample, −[y ln σ(z) + (1−y) ln(1−σ(z))], the term that J(θ) averages (E3).

    Computed from the logit, as −ln σ of ±z; see `log_sigmoid`. The loss of a confident, wrong prediction
    is the size of its logit, and that of a confident, right one is nearly 0:

    >>> print(binary_cross_entropy(500, 0), binary_cross_entropy(500, 1))
    500.0 7.124576406741286e-218
    """
    return _positive_zero(-log_sigmoid(_logit_of_observed_label(z, y)))


def binary_cross_entropy_gradient(z, y):
    """The derivative of `binary_cross_entropy` with respect to z, σ(z) − y (E6).

    For y = 1 it is −σ(−z), because the difference σ(z) − 1 rounds to 0 for z > 37.
    """
    z = _logit_of_observed_label(z, y)
    return _positive_zero(np.where(np.equal(y, 1), -1.0, 1.0) * sigmoid(-z))


def squared_error(z, y):
    """(σ(z) − y)², the loss that logistic regression does not use.

    It is at most 1 however wrong the prediction is, and not convex in z.
    """
    return binary_cross_entropy_gradient(z, y) ** 2


def squared_error_gradient(z, y):
    """The derivative of `squared_error` with respect to z, 2 (σ(z) − y) · σ′(z).

    The factor σ′(z) goes to 0 on both sides, so a confident, wrong prediction is hardly corrected, while
    the gradient of the cross-entropy stays near 1 there:

    >>> print(squared_error_gradient(20, 0), binary_cross_entropy_gradient(20, 0))
    4.1223072193869885e-09 0.9999999979388463
    """
    return 2 * binary_cross_entropy_gradient(z, y) * sigmoid_derivative(z)


# --- Many logits, one true class (E4 to E6) -------------------------------------------------------------


def softmax(logits, temperature=1.0):
    """The probabilities P(k) = e^(f_k/T) / Σ_j e^(f_j/T) of the classes (E4).

    Adding a constant to all logits changes no probability, so the largest logit is subtracted first: then no
    exponent is positive, and the largest term is exactly 1. See Blanchard, Higham and Higham, "Accurately
    computing the log-sum-exp and softmax functions", IMA Journal of Numerical Analysis 41 (2021). The
    difference is taken before it is divided by T, where the logits still have all their digits.

    A logit of −inf has probability 0, and one of +inf has probability 1. Several of +inf, or nothing but
    −inf, have no limit (it depends on how the logits get there) and raise `ValueError`.

    Without the shift, the formula divides inf by inf:

    >>> with np.errstate(over="ignore", invalid="ignore"):
    ...     print(np.exp([1000, 999]) / np.exp([1000, 999]).sum())
    [nan nan]
    >>> print(softmax([1000, 999]))
    [0.73105858 0.26894142]
    """
    exponentials = np.exp(_shifted(logits, temperature))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def log_softmax(logits, temperature=1.0):
    """ln P(k) = s_k − ln Σ_j e^(s_j) with s_k = (f_k − max f) / T.

    The largest term of the sum is e^0 = 1, so with the rest of the sum the logarithm is `log1p(rest)`, which
    keeps the digits that 1 + rest loses. Both terms are at most 0, so nothing cancels. The logarithm of the
    softmax is −inf where the probability underflows, and 0 where it rounds to 1:

    >>> with np.errstate(divide="ignore"):
    ...     print(np.log(softmax([1000, 0])))
    [  0. -inf]
    >>> print(log_softmax([1000, 0]), log_softmax([50, 0]))
    [    0. -1000.] [-1.92874985e-22 -5.00000000e+01]
    """
    shifted = _shifted(logits, temperature)
    exponentials = np.exp(shifted)
    np.put_along_axis(exponentials, shifted.argmax(axis=-1, keepdims=True), 0.0, axis=-1)
    return shifted - np.log1p(exponentials.sum(axis=-1, keepdims=True))


def softmax_loss(logits, label, temperature=1.0):
    """The loss of each sample, L_i = −ln( e^(f_y) / Σ_j e^(f_j) ) with y its true class `label` (E5).

    `label` is an integer from 0 to K − 1 or an array of them, broadcast against the shape of `logits`
    without its last axis, which gives the shape of the result. The loss of a batch is the mean of it.

    It is never 0 at finite logits, only smaller than float64 can hold; computed by `log_softmax`, the loss of
    a confident, right prediction does not round to 0 any earlier:

    >>> print(softmax_loss([50, 0], 0), softmax_loss([50, 0], 1))
    1.9287498479639178e-22 50.0
    """
    log_probabilities, label = _with_label(log_softmax(logits, temperature), label)
    return _positive_zero(-np.take_along_axis(log_probabilities, label, axis=-1)[..., 0])


def softmax_loss_gradient(logits, label, temperature=1.0):
    """The gradient of `softmax_loss` with respect to the logits, (P(k) − 1(k = y)) / T (E6).

    Its components sum to 0. The component of the true class is therefore computed as minus the sum of the others,
    because P(y) − 1 rounds to 0 when the prediction is confident and right:

    >>> print(softmax_loss_gradient([50, 0], 0))
    [-1.92874985e-22  1.92874985e-22]
    """
    probabilities, label = _with_label(softmax(logits, temperature), label)
    gradient = probabilities.copy()
    np.put_along_axis(gradient, label, 0.0, axis=-1)
    np.put_along_axis(gradient, label, -gradient.sum(axis=-1, keepdims=True), axis=-1)
    with np.errstate(over="ignore"):
        return _positive_zero(gradient / temperature)


# --- Distributions: the true p and the predicted q (E8 to E12) ------------------------------------------


def entropy(p):
    """H(p) = −Σ p(x) ln p(x), with 0 · ln 0 = 0: the cross-entropy of a distribution with itself (E9).

    It is 0 for a one-hot p and largest, ln K, for the uniform one.
    """
    return cross_entropy(p, p)


def cross_entropy(p, q):
    """H(p,q) = −Σ p(x) ln q(x), the mean of −ln q(x) when x is drawn from p (E8), never less than H(p).

    It is `inf` where q(x) = 0 < p(x), that is, where q excludes what p allows. A term with p(x) = 0 is 0.

    >>> print(cross_entropy([1, 0], [0.25, 0.75]), cross_entropy([0.5, 0.5], [1, 0]))
    1.3862943611198906 inf
    """
    p, q = _pair_of_distributions(p, q)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, -p * np.log(q), 0.0)
    return _positive_zero(terms.sum(axis=-1))


def kl_divergence(p, q):
    """D_KL(p‖q) = Σ p(x) ln( p(x)/q(x) ) = H(p,q) − H(p) (E9, E12), `inf` where q(x) = 0 < p(x).

    Where p and q are within a factor of 2 their difference is exact in floating point, and the logarithm
    is taken as log1p((p − q)/q); elsewhere it is ln p − ln q, because p/q could overflow. For nearly equal
    p and q the error is then a few roundings (1e-16 each) of the largest |p − q|. The difference of the two
    entropies errs by roundings of the entropies themselves:

    >>> p, q = [0.25, 0.75], [0.25 + 2**-20, 0.75 - 2**-20]
    >>> print(f"{cross_entropy(p, q) - entropy(p):.6g} {kl_divergence(p, q):.6g}")  # 2.42531509...e-12
    2.42539e-12 2.42532e-12

    It is never negative (Gibbs' inequality). For the p and q given, whose sums are 1 only up to rounding
    (about 1e-16 for float64, and no more than what is accepted), the sum above can fall below 0 by at most
    Σq − Σp. Such a result is returned as 0, so H(p,q) = H(p) + D_KL(p‖q) holds up to that much.
    """
    p, q = _pair_of_distributions(p, q)
    near = (p <= 2 * q) & (q <= 2 * p)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_ratio = np.where(near, np.log1p((p - q) / q), np.log(p) - np.log(q))
        terms = np.where(p > 0, p * log_ratio, 0.0)
    return np.maximum(terms.sum(axis=-1), 0.0)


def smooth_labels(label, classes, smoothing):
    """The target (1 − ε) · onehot(y) + ε/K of label smoothing; ε = `smoothing` in [0, 1], K = `classes`.

    The shape is that of `label` with the classes as a last axis; ε = 0 gives one-hot targets. From Szegedy et
    al., "Rethinking the Inception architecture for computer vision", CVPR 2016. No cross-entropy with such a
    target falls below the entropy of the target:

    >>> print(round(entropy(smooth_labels(3, classes=10, smoothing=0.2)), 3))
    0.867
    """
    classes = count("classes", classes, least=1)
    smoothing = real("smoothing", smoothing)
    if smoothing.ndim or not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing must be one number from 0 to 1; got {smoothing}")
    one_hot = class_labels("label", label, classes)[..., np.newaxis] == np.arange(classes)
    return np.where(one_hot, 1 - smoothing + smoothing / classes, smoothing / classes)


# --- Shared steps ---------------------------------------------------------------------------------------


def _logit_of_observed_label(z, y):
    """z where y = 1 and −z where y = 0: the logit whose sigmoid is the probability of y."""
    z, y = real("z", z), zero_or_one("y", y)
    broadcast("z and y", z.shape, y.shape)
    return np.where(y == 1, z, -z)


def _shifted(logits, temperature):
    """(f_k − max f) / T, exactly 0 for the largest logit."""
    logits, temperature = with_classes("logits", logits), positive("temperature", temperature)
    largest = logits.max(axis=-1, keepdims=True)
    if np.isneginf(largest).any():
        raise ValueError("logits must not all be -inf: no limit exists; at least one must be larger")
    if (np.isposinf(logits).sum(axis=-1) > 1).any():
        raise ValueError("logits must not be +inf for several classes: no limit exists; one +inf is allowed")
    # Halved, the difference of two huge logits does not overflow before it is divided by T.
    scale = 0.5 if temperature > 1 else 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        shifted = (logits * scale - largest * scale) / (temperature * scale)
    return np.where(logits == largest, 0.0, shifted)


def _with_label(values, label):
    """`values` (classes last) and `label` in a common shape, the label with a last axis of one."""
    label = class_labels("label", label, classes=values.shape[-1])
    shape = broadcast("logits without their last axis and label", values.shape[:-1], label.shape)
    return np.broadcast_to(values, (*shape, values.shape[-1])), np.broadcast_to(label, shape)[..., np.newaxis]


def _pair_of_distributions(p, q):
    p, q = distribution("p", p), distribution("q", q)
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"p and q must have equally many classes; got {p.shape[-1]} and {q.shape[-1]}")
    broadcast("p and q", p.shape, q.shape)
    return p, q


def _positive_zero(values):
    """`values` with 0 for −0, which would only confuse readers."""
    return (values + 0.0)[()]
