"""The multiclass hinge loss and its subgradient, against sums by hand, torch, and measured slopes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.maths.hinge import hinge_loss, hinge_loss_gradient

LOGITS = st.lists(st.floats(-50, 50), min_size=2, max_size=10)


def test_it_is_the_sum_of_what_each_class_lacks_of_a_lead_of_1():
    # CS231n's example: scores 3.2, 5.1, −1.7 with the first class true give max(0, 2.9) + max(0, −3.9) = 2.9.
    assert hinge_loss([3.2, 5.1, -1.7], 0) == pytest.approx(2.9)
    assert hinge_loss([[1.3, 4.9, 2.0], [2.2, 2.5, -3.1]], [1, 2]) == pytest.approx([0, 12.9])
    assert hinge_loss([0.0] * 10, 4) == 9


@given(LOGITS, st.data())
def test_torch_has_the_mean_of_the_terms_and_the_same_subgradient(logits, data):
    label = data.draw(st.integers(0, len(logits) - 1))
    at = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
    # torch divides the sum by the number of classes.
    loss = len(logits) * torch.nn.functional.multi_margin_loss(at, torch.tensor([label]))
    (gradient,) = torch.autograd.grad(loss, at)
    assert hinge_loss(logits, label) == pytest.approx(loss.item(), abs=1e-12)
    kinks = [k for k, f in enumerate(logits) if k != label and abs(f - logits[label] + 1) < 1e-9]
    if not kinks:
        np.testing.assert_allclose(hinge_loss_gradient(logits, label), gradient[0].numpy(), atol=1e-12)


def test_at_a_kink_the_slope_is_0():
    assert hinge_loss_gradient([2.0, 1.0, 1.5], 0).tolist() == [-1, 0, 1]
    above, below = (hinge_loss([2.0, 1.0 + step, 0.0], 0) for step in (1e-3, -1e-3))
    assert above == pytest.approx(1e-3) and below == 0  # slopes 1 and 0 on either side


def test_away_from_kinks_the_gradient_is_the_measured_slope():
    logits = np.random.default_rng(0).normal(scale=2, size=(20, 7))
    labels = np.arange(20) % 7
    step = 1e-6 * np.eye(7)[:, np.newaxis]
    slopes = (hinge_loss(logits + step, labels) - hinge_loss(logits - step, labels)) / 2e-6
    np.testing.assert_allclose(hinge_loss_gradient(logits, labels), slopes.T, atol=1e-6)


def test_infinite_logits_where_there_is_a_limit_and_a_word_where_there_is_none():
    assert hinge_loss([np.inf, 0, 0], 0) == 0 and hinge_loss([np.inf, 0, 0], 1) == np.inf
    assert hinge_loss([-np.inf, 0, -np.inf], 1) == 0
    assert hinge_loss([-np.inf, 0, -np.inf], 0) == np.inf
    with pytest.raises(ValueError, match="no limit"):
        hinge_loss([np.inf, np.inf], 0)
    with pytest.raises(ValueError, match="label must be from 0 to 1"):
        hinge_loss([0.0, 1.0], 2)
