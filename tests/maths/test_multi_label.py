"""Several true labels (E7), against scipy and finite differences."""

import functools
import math

import numpy as np
import pytest
from scipy.special import expit, log_expit, log_softmax

from explorer.maths import losses, multi_label
from explorer.maths.descent import descend

GENERATOR = np.random.default_rng(7)
LOGITS = GENERATOR.normal(scale=3, size=(20, 6))
LABELS = np.eye(6)[GENERATOR.integers(6, size=20)]
LABELS[:, 2] = 1  # one or two true labels


def test_the_target_is_uniform_over_the_true_labels():
    np.testing.assert_array_equal(multi_label.target([[0, 1, 0], [1, 1, 0]]), [[0, 1, 0], [0.5, 0.5, 0]])


def test_the_target_needs_a_true_label():
    with pytest.raises(ValueError, match="one true class or more"):
        multi_label.target([[0, 1], [0, 0]])


def test_with_one_true_label_the_softmax_loss_is_that_of_the_essay():
    labels = np.eye(6)[[0, 3, 5]]
    found = multi_label.softmax_loss(LOGITS[:3], labels)
    np.testing.assert_allclose(found, losses.softmax_loss(LOGITS[:3], [0, 3, 5]), rtol=1e-14)


def test_the_losses_are_cross_entropies():
    p = LABELS / LABELS.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        multi_label.softmax_loss(LOGITS, LABELS), -(p * log_softmax(LOGITS, axis=1)).sum(axis=1), rtol=1e-13
    )
    binary = LABELS * log_expit(LOGITS) + (1 - LABELS) * log_expit(-LOGITS)
    np.testing.assert_allclose(multi_label.sigmoid_loss(LOGITS, LABELS), -binary.sum(axis=1), rtol=1e-13)


@pytest.mark.parametrize("name", ["softmax_loss", "sigmoid_loss"])
def test_the_gradients_are_the_slopes_of_the_losses(name):
    loss, gradient = getattr(multi_label, name), getattr(multi_label, f"{name}_gradient")
    steps = 1e-5 * np.eye(6)
    slopes = [(loss(LOGITS + h, LABELS) - loss(LOGITS - h, LABELS)) / 2e-5 for h in steps]
    np.testing.assert_allclose(gradient(LOGITS, LABELS), np.transpose(slopes), atol=1e-8)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_E7_softmax_stays_above_ln_n_and_the_sigmoids_go_to_0(count):
    labels = np.repeat([1, 0], [count, 6 - count])
    paths = {
        name: descend(functools.partial(getattr(multi_label, f"{name}_gradient"), labels=labels), LOGITS[0], 1.0, 3000)
        for name in ("softmax_loss", "sigmoid_loss")
    }
    softmax = multi_label.softmax_loss(paths["softmax_loss"], labels)
    sigmoid = multi_label.sigmoid_loss(paths["sigmoid_loss"], labels)
    assert (softmax >= math.log(count) - 1e-15).all()
    assert softmax[-1] == pytest.approx(math.log(count), abs=2e-3)
    assert sigmoid[-1] < 3e-3
    assert losses.softmax(paths["softmax_loss"][-1])[:count] == pytest.approx([1 / count] * count, abs=2e-3)
    assert expit(paths["sigmoid_loss"][-1]) == pytest.approx(labels, abs=1e-3)


def test_infinite_logits_give_infinite_losses_and_no_nan():
    assert multi_label.softmax_loss([np.inf, 0], [1, 0]) == 0
    assert multi_label.softmax_loss([np.inf, 0], [1, 1]) == np.inf
    assert multi_label.sigmoid_loss([-np.inf, 0], [1, 0]) == np.inf


def test_labels_and_logits_must_fit():
    for bad in ([1, 0.5, 0], [1, 0]):
        with pytest.raises(ValueError):
            multi_label.softmax_loss([1.0, 2.0, 3.0], bad)
        with pytest.raises(ValueError):
            multi_label.sigmoid_loss([1.0, 2.0, 3.0], bad)
