"""What goes wrong in a given precision, against numbers known from the formats themselves."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from explorer.maths import precision

LOGITS = np.array([1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3])
LIMITS = {np.float16: 11.09, np.float32: 88.72, np.float64: 709.78}


@pytest.mark.parametrize("dtype", precision.DTYPES)
def test_small_logits_give_the_same_by_all_three_ways(dtype):
    logits = LOGITS.astype(dtype)
    tolerance = 20 * np.finfo(dtype).eps
    np.testing.assert_allclose(precision.naive_softmax(logits), softmax(LOGITS), rtol=tolerance)
    np.testing.assert_allclose(precision.shifted_softmax(logits), softmax(LOGITS), rtol=tolerance)
    np.testing.assert_allclose(precision.log_softmax(logits), log_softmax(LOGITS), rtol=tolerance)


@pytest.mark.parametrize("dtype", precision.DTYPES)
def test_everything_is_computed_in_the_precision_of_the_logits(dtype):
    logits = LOGITS.astype(dtype)
    for function in (precision.naive_softmax, precision.shifted_softmax, precision.log_softmax):
        assert function(logits).dtype == dtype
    assert {type(value) for value in precision.loss_by_method(logits, 3).values()} == {dtype}


@pytest.mark.parametrize("dtype", precision.DTYPES)
def test_the_naive_way_fails_just_beyond_the_largest_power_and_the_others_do_not(dtype):
    below = np.array([LIMITS[dtype] - 0.1, 0], dtype)
    above = np.array([LIMITS[dtype] + 0.1, 0], dtype)
    assert np.isfinite(precision.naive_softmax(below)).all()
    assert np.isnan(precision.naive_softmax(above)[0])
    assert np.isfinite(precision.shifted_softmax(above)).all()
    assert np.isfinite(precision.log_softmax(above)).all()


def test_vanished_powers_give_nan_and_a_vanished_probability_an_infinite_loss():
    assert np.isnan(precision.naive_softmax(np.array([-1000.0, -1001.0]))).all()
    losses = precision.loss_by_method(np.array([0.0, 1000.0]), 0)
    assert losses["shifted"] == np.inf
    assert losses["log_softmax"] == 1000


def test_a_number_is_judged_by_what_it_should_be():
    assert precision.judge(np.float32(np.nan), 1.0) == "nan"
    assert precision.judge(np.float32(np.inf), 1.0) == "inf"
    assert precision.judge(np.float32(0), 1e-30) == "zero"
    assert precision.judge(np.float32(0), 0.0) == "right"
    assert precision.judge(np.float32(1.02), 1.0) == "off"
    assert precision.judge(np.float32(1.001), 1.0) == "right"


@pytest.mark.parametrize("how, largest", [("plus", 89), ("minus", -89), ("times", 89)])
def test_grown_logits_reach_the_magnitude_and_adding_changes_no_probability(how, largest):
    grown = precision.grown(LOGITS, how, 89)
    assert grown.max() == pytest.approx(largest)
    if how != "times":
        np.testing.assert_allclose(softmax(grown), softmax(LOGITS), rtol=1e-12)


def test_all_zero_logits_stay_where_they_are_when_multiplied():
    assert not precision.grown(np.zeros(10), "times", 1000).any()


def test_an_unknown_way_to_grow_is_refused():
    with pytest.raises(ValueError, match='"times", "plus" or "minus"'):
        precision.grown(LOGITS, "power", 10)
