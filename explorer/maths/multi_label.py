"""Several true labels: one softmax against independent sigmoids on the same logits (E7).

Logits and labels have the classes on the last axis; `labels` is multi-hot, y_k = 1 for each true class. Losses
are in nats. Bad input raises `ValueError`, by the rules of `validation`.
"""

import numpy as np

from explorer.maths import losses
from explorer.maths.validation import broadcast, with_classes, zero_or_one


def target(labels):
    """The distribution that softmax is trained towards, p_k = y_k / Σ_j y_j: uniform over the true labels.

    Without a true label there is none, and `ValueError` says so.
    """
    labels = zero_or_one("labels", with_classes("labels", labels))
    true = labels.sum(axis=-1, keepdims=True)
    if (true == 0).any():
        raise ValueError("labels must name one true class or more for softmax; got none")
    return labels / true


def softmax_loss(logits, labels):
    """H(p, softmax(f)) = −Σ_k p_k ln P(k|x) with p the `target` of the labels.

    It is the mean of the softmax losses of the true classes (E5), and with n of them never below ln n, the
    entropy of p:

    >>> print(softmax_loss([20, 20, -20], [1, 1, 0]))
    0.6931471805599453
    """
    p, log_probabilities = _pair(target(labels), losses.log_softmax(logits))
    with np.errstate(invalid="ignore"):
        return np.where(p > 0, -p * log_probabilities, 0.0).sum(axis=-1)


def softmax_loss_gradient(logits, labels):
    """The gradient of `softmax_loss` with respect to the logits, P(k|x) − p_k."""
    p, probabilities = _pair(target(labels), losses.softmax(logits))
    return probabilities - p


def sigmoid_loss(logits, labels):
    """−Σ_k [y_k ln σ(f_k) + (1−y_k) ln(1−σ(f_k))], the sum (not the mean) over the classes.

    Each class is a logistic regression of its own, so the loss goes to 0 for any labels:

    >>> print(sigmoid_loss([20, 20, -20], [1, 1, 0]))
    6.183460860943142e-09
    """
    return losses.binary_cross_entropy(*_pair(with_classes("logits", logits), labels)).sum(axis=-1)


def sigmoid_loss_gradient(logits, labels):
    """The gradient of `sigmoid_loss` with respect to the logits, σ(f_k) − y_k."""
    return losses.binary_cross_entropy_gradient(*_pair(with_classes("logits", logits), labels))


def _pair(first, second):
    first, second = np.asarray(first), np.asarray(second)
    broadcast("logits and labels", first.shape, second.shape)
    return first, second
