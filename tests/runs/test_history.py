import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.history import History, Thinned

LOSSES = st.lists(st.floats(0, 1e6), min_size=1, max_size=300)


def filled(losses, capacity=8):
    history = History(capacity)
    for step, loss in enumerate(losses, start=1):
        history.add(step, loss, 1 / step, 10 * step, step / 100)
    return history


def test_a_hundred_thousand_steps_stay_within_the_capacity():
    history = History()
    for step in range(1, 100_001):
        history.add(step, 1.0)
    assert 500 < len(history.rows) <= 1000
    assert sum(row.count for row in history.rows) == 100_000


@given(LOSSES)
def test_the_mean_weighted_by_count_is_the_true_mean(losses):
    history = filled(losses)
    mean = sum(row.mean * row.count for row in history.rows) / len(losses)
    assert mean == pytest.approx(math.fsum(losses) / len(losses), rel=1e-12, abs=1e-300)


@given(LOSSES)
def test_each_row_sums_up_just_its_own_steps(losses):
    history = filled(losses)
    for number, row in enumerate(history.rows):
        own = losses[number * history.width : (number + 1) * history.width]
        assert (row.first, row.last) == (number * history.width + 1, number * history.width + len(own))
        assert (row.count, row.low, row.high) == (len(own), min(own), max(own))
        assert (row.learning_rate, row.images, row.seconds) == (1 / row.last, 10 * row.last, row.last / 100)


@given(LOSSES)
def test_no_row_but_the_last_is_incomplete(losses):
    history = filled(losses)
    assert all(row.count == history.width for row in history.rows[:-1])
    assert len(history.rows) <= 8


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_a_loss_that_is_not_finite_is_kept_and_its_step_is_known(bad):
    history = filled([2.0] * 20 + [bad] + [2.0] * 20)
    assert history.diverged == 21
    told = [row for row in history.rows if not math.isfinite(row.mean)]
    assert [row.first <= 21 <= row.last for row in told] == [True]
    assert told[0].high == pytest.approx(bad, nan_ok=True)


def test_nan_spreads_to_the_extremes_wherever_it_stands_in_a_row():
    for losses in ([math.nan, 1.0], [1.0, math.nan]):
        row = filled([*losses, 1.0, 1.0], capacity=2).rows[0]
        assert math.isnan(row.low) and math.isnan(row.high) and math.isnan(row.mean)


def test_an_odd_capacity_is_refused():
    with pytest.raises(ValueError, match="even number"):
        History(7)


def test_thinned_items_are_evenly_spaced_and_end_with_the_last():
    thinned = Thinned(8)
    for number in range(100):
        thinned.add(number)
        *even, last = thinned.items
        assert last == number
        assert even == list(range(0, len(even) * thinned.stride, thinned.stride))
        assert len(thinned.items) <= 9
