"""Samples drawn from a distribution, and what they cost on average (E8)."""

import numpy as np
import pytest
from scipy.stats import chisquare

from explorer.maths.losses import cross_entropy
from explorer.maths.sampling import draw, mean_and_deviation, running_mean

P = np.array([0.0, 0.6, 0.1, 0.0, 0.3, 0.0])


def test_the_frequencies_are_those_of_p_and_what_cannot_happen_does_not():
    counts = np.bincount(draw(P, 3, 50_000), minlength=len(P))
    assert (counts[P == 0] == 0).all()
    assert chisquare(counts[P > 0], 50_000 * P[P > 0]).pvalue > 0.001
    assert (draw([0, 1, 0], 4, 1000) == 1).all()


@pytest.mark.parametrize("p", [[0.1] * 10, [1 / 3] * 3, [1 - 4e-7, 0.0], [0.5 + 4e-7, 0.5, 0.0]])
def test_a_sum_that_misses_1_by_roundings_still_gives_classes_that_can_happen(p):
    labels = draw(p, 0, 10_000)
    assert set(labels) == set(np.flatnonzero(p))


def test_a_seed_draws_the_same_again_and_more_draws_leave_the_first_as_they_are():
    np.testing.assert_array_equal(draw(P, 7, 10), draw(P, 7, 1000)[:10])
    assert draw(P, 7, 1000).tolist() != draw(P, 8, 1000).tolist()
    assert draw(P, 7, 0).tolist() == []


def test_the_running_mean_is_that_of_each_beginning_and_stays_infinite():
    values = np.array([1.0, 4.0, 0.5, 2.5])
    assert running_mean(values) == pytest.approx([values[:n].mean() for n in range(1, 5)])
    assert running_mean([1.0, np.inf, 1.0]).tolist() == [1.0, np.inf, np.inf]
    assert running_mean(np.array([])).tolist() == []


def test_E8_the_mean_cost_is_the_cross_entropy_and_the_deviation_that_of_many_draws():
    q = np.array([0.1, 0.3, 0.2, 0.1, 0.2, 0.1])
    mean, deviation = mean_and_deviation(P, -np.log(q))
    assert mean == pytest.approx(cross_entropy(P, q))
    drawn = -np.log(q)[draw(P, 5, 200_000)]
    assert deviation == pytest.approx(drawn.std(), rel=0.01)
    # Of many means of 100 draws about 95 in 100 lie within two of their own deviations.
    means = drawn.reshape(-1, 100).mean(axis=1)
    assert np.mean(np.abs(means - mean) < 2 * deviation / 10) == pytest.approx(0.954, abs=0.02)


def test_E8_a_class_that_q_rules_out_makes_both_infinite_if_it_can_come():
    assert mean_and_deviation([0.5, 0.5], [1.0, np.inf]) == (np.inf, np.inf)
    assert mean_and_deviation([1.0, 0.0], [1.0, np.inf]) == (1.0, 0.0)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="p must be one distribution"):
        draw([[0.5, 0.5]], 0, 1)
    with pytest.raises(ValueError, match="size must be"):
        draw([0.5, 0.5], 0, -1)
    with pytest.raises(ValueError, match="values must not contain nan"):
        running_mean([np.nan])
