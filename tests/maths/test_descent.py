"""Gradient descent on the logits of one sample (E6)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.maths.descent import descend
from explorer.maths.losses import softmax_loss, softmax_loss_gradient


def descend_loss(logits, label, rate, steps, temperature=1.0):
    return descend(lambda f: softmax_loss_gradient(f, label, temperature), logits, rate, steps)


def numeric_gradient(logits, label, temperature, step=1e-6):
    moved = np.eye(len(logits)) * step
    return (softmax_loss(logits + moved, label, temperature) - softmax_loss(logits - moved, label, temperature)) / (
        2 * step
    )


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_E6_a_step_goes_against_the_slope_of_the_loss(temperature):
    logits = np.array([0.3, -1.2, 2.0, 0.0])
    path = descend_loss(logits, 1, 0.4, 1, temperature)
    np.testing.assert_allclose(path[0], logits)
    np.testing.assert_allclose(path[1], logits - 0.4 * numeric_gradient(logits, 1, temperature), atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-20, 20), min_size=2, max_size=10), st.floats(0.01, 100))
def test_the_loss_never_rises_and_the_mean_of_the_logits_stays(logits, rate):
    path = descend_loss(logits, 0, rate, 15)
    losses = softmax_loss(path, 0)
    assert (np.diff(losses) <= 1e-12).all()
    assert (losses > 0).all() or losses.min() < 1e-300
    np.testing.assert_allclose(path.mean(axis=1), np.mean(logits), atol=1e-9)


def test_no_step_leaves_the_logits_as_they_are():
    np.testing.assert_array_equal(descend_loss([1.0, 2.0], 0, 1.0, 0), [[1.0, 2.0]])


@pytest.mark.parametrize("rate, steps", [(0, 1), (np.inf, 1), (1.0, -1), (1.0, 1.5)])
def test_a_rate_or_number_of_steps_that_cannot_be_is_refused(rate, steps):
    with pytest.raises(ValueError):
        descend_loss([1.0, 2.0], 0, rate, steps)
