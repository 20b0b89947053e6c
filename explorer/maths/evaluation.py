"""The evaluation of a test set from its logits: confusion matrix, losses of the samples, calibration.

`logits` are (n, K), one row a sample, and `labels` (n,) the true classes from 0 to K − 1. The prediction is the
class with the largest logit, and the first of them in a tie. Bad input raises `ValueError`, by the rules of
`validation`; nan is refused, so that a run that diverged has no evaluation.
"""

from dataclasses import dataclass

import numpy as np

from explorer.maths import losses
from explorer.maths.comparison import rises
from explorer.maths.validation import class_labels, count, real, whole, with_classes

NINETY_FIVE = 1.959963984540054  # the standard normal exceeds it with probability 2.5%


# --- Right and wrong ------------------------------------------------------------------------------------


def confusion(labels, predicted, classes):
    """The number of samples of each true class (row) with each predicted class (column): integers (K, K)."""
    classes = count("classes", classes, least=1)
    labels, predicted = class_labels("labels", labels, classes), class_labels("predicted", predicted, classes)
    return np.bincount(classes * labels + predicted, minlength=classes**2).reshape(classes, classes)


def wilson_interval(successes, trials, z=NINETY_FIVE):
    """The confidence interval (low, high) of a share, after `successes` in `trials`; 95% by default.

    Its ends are the shares s from which the observed one is z standard deviations √(s(1 − s)/n) away. Unlike
    ŝ ± z√(ŝ(1 − ŝ)/n) it does not leave [0, 1], and does not shrink to a point at 0 or n successes. With
    no trials it is (0, 1). From Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927).

    >>> low, high = wilson_interval(10, 10)
    >>> print(round(float(low), 4), float(high))
    0.7225 1.0
    """
    k, n = whole("successes", successes), whole("trials", trials)
    if (k < 0).any() or (k > n).any():
        raise ValueError("successes must be from 0 to trials")
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (k + z**2 / 2) / (n + z**2)
        half = z / (n + z**2) * np.sqrt(np.where(n > 0, k * (n - k) / n, 0.0) + z**2 / 4)
    # Where all or none succeed, middle ± half is 1 or 0 up to rounding.
    return np.where(k == 0, 0.0, middle - half)[()], np.where(k == n, 1.0, middle + half)[()]


def margin(logits, labels):
    """f_y − max_{k≠y} f_k of each sample: above 0 if the prediction is right, near 0 if the decision is close.

    From Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector machines",
    Journal of Machine Learning Research 2 (2001).
    """
    logits, labels = _samples(logits, labels)
    own = np.take_along_axis(logits, labels[:, np.newaxis], axis=1)[:, 0]
    others = logits.copy()
    np.put_along_axis(others, labels[:, np.newaxis], -np.inf, axis=1)
    return own - others.max(axis=1)


# --- Losses ---------------------------------------------------------------------------------------------


def share_of_worst(sample_losses, share=0.01):
    """The part of the summed loss that is due to the worst `share` of the samples (at least one); 0 if all are 0."""
    ordered = np.sort(real("sample_losses", sample_losses))[::-1]
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1; got {share}")
    worst = max(1, round(share * len(ordered)))
    total = ordered.sum()
    return float(ordered[:worst].sum() / total) if total > 0 else 0.0


def concentration(sample_losses):
    """Shares of the samples, worst first, and their shares of the summed loss: x and y, each (n + 1,).

    The curve of Lorenz, "Methods of measuring the concentration of wealth", Publications of the American
    Statistical Association 9 (1905), in descending order. Raises ValueError if no loss is above 0.
    """
    ordered = np.sort(real("sample_losses", sample_losses))[::-1]
    if not ordered.sum() > 0:
        raise ValueError("sample_losses must hold one above 0")
    cumulative = np.concatenate([[0.0], np.cumsum(ordered)])
    return np.linspace(0, 1, len(cumulative)), cumulative / cumulative[-1]


def disagreements(mean_losses, accuracies):
    """Indices i at which loss and accuracy both rose, or both fell, from the evaluation i − 1 to i."""
    loss, accuracy = real("mean_losses", mean_losses), real("accuracies", accuracies)
    return np.flatnonzero(rises(loss) & rises(accuracy) | rises(-loss) & rises(-accuracy)) + 1


# --- Calibration ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reliability:
    """Samples sorted into M equal bins by confidence; a bin without samples has nan for its means.

    edges (M + 1,), counts (M,), confidence and accuracy (M,): the means over each bin. `error` is the expected
    calibration error.
    """

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def error(self) -> float:
        """ECE = Σ_m |B_m|/n · |acc(B_m) − conf(B_m)|, over the bins that hold samples."""
        gaps = np.abs(self.accuracy - self.confidence)
        return float(np.nansum(self.counts * gaps) / self.counts.sum())


def reliability(logits, labels, bins=15, temperature=1.0):
    """Sort the samples by their largest softmax probability, B_m = ((m − 1)/M, m/M], and average in each bin.

    From Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, whose M is 15.
    """
    logits, labels = _samples(logits, labels)
    bins = count("bins", bins, least=1)
    confidence = losses.softmax(logits, temperature).max(axis=1)
    right = logits.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    bin_of = np.searchsorted(edges, confidence, side="left") - 1
    counts = np.bincount(bin_of, minlength=bins)
    with np.errstate(invalid="ignore"):
        means = [np.bincount(bin_of, weights, minlength=bins) / counts for weights in (confidence, right)]
    return Reliability(edges, counts, *means)


def best_temperature(logits, labels):
    """The temperature T > 0 at which the mean softmax loss of `logits`/T is smallest (Guo et al. 2017).

    The loss is convex in β = 1/T, with the derivative mean_i( Σ_k P(k) f_k − f_y ), whose zero is bisected to the
    last bit. It is `inf` where the loss falls down to β = 0 (on average, the logits point away from the labels),
    and 0 where it falls as T → 0 (no logit is above that of the true class).
    """
    logits, labels = _samples(logits, labels)
    if not np.isfinite(logits).all():
        raise ValueError("logits must be finite to have a best temperature")
    own = np.take_along_axis(logits, labels[:, np.newaxis], axis=1)[:, 0]

    def slope(beta):
        scaled = losses.softmax(beta * (logits - logits.max(axis=1, keepdims=True)))
        return float(np.mean((scaled * (logits - own[:, np.newaxis])).sum(axis=1)))

    if slope(0.0) >= 0:
        return np.inf
    if (margin(logits, labels) >= 0).all():
        return 0.0
    low, high = 0.0, 1.0
    while slope(high) < 0:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 1 / high


# --- One sample through a run ---------------------------------------------------------------------------


def rivals(path, label):
    """The true class and the two others that were the most probable on average: three classes, of two both.

    `path` holds the logits (evaluations, K) of one sample.
    """
    mean = losses.softmax(path).mean(axis=0)
    mean[label] = np.inf
    return np.argsort(-mean, kind="stable")[:3]


def among(path, chosen):
    """The probabilities of the `chosen` classes, given that it is one of them: (evaluations, len(chosen)).

    P(k) / Σ_{j chosen} P(j) is the softmax of the chosen logits alone: the others' cancel.
    """
    path = with_classes("path", path)
    return losses.softmax(path[..., class_labels("chosen", chosen, path.shape[-1])])


def _samples(logits, labels):
    logits = with_classes("logits", logits)
    labels = class_labels("labels", labels, logits.shape[-1])
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or not len(labels):
        raise ValueError(f"logits (n, K) and labels (n,) must fit; got the shapes {logits.shape} and {labels.shape}")
    return logits, labels
