"""The multiclass hinge loss, which support vector machines minimise, beside the softmax loss.

As in `losses`: classes on the last axis, nothing clipped; bad input raises `ValueError`, and so do several logits of
+inf or nothing but −inf, which have no limit. Else infinite logits are treated exactly; two of −inf count as equal.
"""

import numpy as np

from explorer.maths.losses import log_softmax
from explorer.maths.validation import broadcast, class_labels, with_classes


def hinge_loss(logits, label):
    """L = Σ_{k≠y} max(0, f_k − f_y + 1), with y the true class `label`: 0 once f_y leads every other logit by 1.

    Weston and Watkins, "Support vector machines for multi-class pattern recognition", ESANN 1999, as the course CS231n
    writes it (cs231n.github.io/linear-classify). `label` broadcasts with `logits` less its last axis.

    >>> print(hinge_loss([3.0, 2.5, 1.0], 0), hinge_loss([3.0, 2.5, 1.0], 1), hinge_loss([3.0, 2.0, 1.0], 0))
    0.5 1.5 0.0
    """
    margins, others = _margins(logits, label)
    return np.where(others, np.maximum(margins, 0), 0.0).sum(axis=-1)


def hinge_loss_gradient(logits, label):
    """∂L/∂f_k = 1(f_k − f_y + 1 > 0) for k ≠ y, and minus the number of these classes for k = y.

    Where a margin is exactly 0 the loss has a kink, and any slope from 0 to 1 is a subgradient; it is 0 here, as in
    torch.

    >>> print(hinge_loss_gradient([3.0, 2.5, 1.0], 1), hinge_loss_gradient([3.0, 2.0, 1.0], 0))
    [ 1. -1.  0.] [0. 0. 0.]
    """
    margins, others = _margins(logits, label)
    gradient = np.where(others & (margins > 0), 1.0, 0.0)
    return np.where(others, gradient, -gradient.sum(axis=-1, keepdims=True)) + 0.0  # no −0


def _margins(logits, label):
    """f_k − f_y + 1, and whether k ≠ y."""
    logits = with_classes("logits", logits)
    classes = logits.shape[-1]
    label = class_labels("label", label, classes)
    shape = broadcast("logits without their last axis and label", logits.shape[:-1], label.shape)
    logits, label = np.broadcast_to(logits, (*shape, classes)), np.broadcast_to(label, shape)[..., np.newaxis]
    others = np.arange(classes) != label
    log_softmax(logits)  # refuses logits that have no limit
    true = np.take_along_axis(logits, label, axis=-1)
    with np.errstate(invalid="ignore"):
        gaps = np.where(logits == true, 0.0, logits - true)
    return gaps + 1, others
