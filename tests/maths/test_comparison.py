"""Roundings decide no sentence."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.maths.comparison import exceeds, rises, without_roundings


@pytest.mark.parametrize("value", [0.0, 1e-300, 0.2, 1.0, 2.302585, 1e6, 1e300, -0.2, -1e6])
def test_what_roundings_add_is_no_rise(value):
    nearby = value
    for _ in range(50):
        nearby = np.nextafter(nearby, math.inf)
    assert nearby > value
    assert not exceeds(nearby, value)


@pytest.mark.parametrize("value", [0.0, 0.2, 1.0, 1e6, -1.0])
def test_what_is_more_than_roundings_is_a_rise(value):
    assert exceeds(value + 1e-6 * max(1, abs(value)), value)
    assert not exceeds(value, value + 1e-6)


@pytest.mark.parametrize(
    ("a", "b", "larger"),
    [(math.inf, 1e308, True), (1.0, -math.inf, True), (math.inf, math.inf, False), (-math.inf, -math.inf, False)],
)
def test_infinity_exceeds_every_number_but_not_itself(a, b, larger):
    assert exceeds(a, b) == larger
    assert not exceeds(b, a)


@given(st.floats(), st.floats())
def test_only_what_is_larger_exceeds_and_nan_neither_exceeds_nor_is_exceeded(a, b):
    if exceeds(a, b):
        assert a > b and not exceeds(b, a)
    assert not exceeds(a, math.nan) and not exceeds(math.nan, b)


def test_a_margin_is_demanded_on_top():
    assert exceeds(1.2, 1.0, by=0.1) and not exceeds(1.2, 1.0, by=0.2) and not exceeds(1.2, 1.0, by=0.3)


def test_arrays_are_compared_one_by_one():
    falling = [0.3, 0.1 + 0.2, 0.2, 0.25, math.nan, 0.1]
    assert rises(falling).tolist() == [False, False, True, False, False]
    assert exceeds(np.ones((2, 1)), [0.0, 1.0, 2.0]).tolist() == [[True, False, False]] * 2


def test_what_cancels_leaves_no_roundings_behind():
    sums = [0.1 + 0.2 - 0.3, 1e16 + 1 - 1e16 - 1, 1e-9]
    assert without_roundings(sums, of=[0.3, 1e16, 0.3]).tolist() == [0.0, 0.0, 1e-9]
    assert without_roundings([math.inf, -math.inf, 0.0, 1e-300], of=[math.inf, 1, 0, 0]).tolist() == [
        math.inf, -math.inf, 0.0, 1e-300,
    ]  # fmt: skip
    assert math.isnan(without_roundings(math.nan, of=1))
