"""What logits say of a test set, against hand-written loops, scipy, and results known on paper."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from explorer.maths import evaluation


@pytest.fixture(scope="module")
def batch():
    """Logits of 300 samples and their labels, right about two times in three."""
    random = np.random.default_rng(7)
    labels = random.integers(0, 10, 300)
    logits = random.normal(0, 2, (300, 10))
    logits[np.arange(300), labels] += 4
    return logits, labels


def test_confusion_counts_every_pair_rows_true_columns_predicted():
    counts = evaluation.confusion([0, 0, 1, 2, 2, 2], [0, 1, 1, 0, 2, 2], 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


def test_confusion_refuses_a_class_that_is_none():
    with pytest.raises(ValueError, match="predicted"):
        evaluation.confusion([0], [3], 3)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_ends_are_where_the_seen_share_is_z_deviations_away(seen):
    k, n = seen
    low, high = evaluation.wilson_interval(k, n)
    assert 0 <= low <= k / n <= high <= 1

    def distance(s):
        return (k / n - s) ** 2 - evaluation.NINETY_FIVE**2 * s * (1 - s) / n

    assert distance(low) == pytest.approx(0, abs=1e-12) and distance(high) == pytest.approx(0, abs=1e-12)
    assert (low < k / n) == (k > 0) and (high > k / n) == (k < n)


def test_wilson_of_a_known_case_and_of_no_trials():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263.
    assert [round(float(end), 4) for end in evaluation.wilson_interval(81, 263)] == [0.2553, 0.3662]
    assert evaluation.wilson_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="successes"):
        evaluation.wilson_interval(3, 2)


def test_margin_is_the_true_logit_over_the_best_other(batch):
    logits, labels = batch
    expected = [f[y] - max(f[k] for k in range(10) if k != y) for f, y in zip(logits, labels, strict=True)]
    assert np.array_equal(evaluation.margin(logits, labels), expected)
    assert np.array_equal(evaluation.margin(logits, labels) > 0, logits.argmax(1) == labels)


def test_share_of_the_worst_by_hand():
    losses = [1.0] * 99 + [101.0]
    assert evaluation.share_of_worst(losses, 0.01) == pytest.approx(101 / 200)
    assert evaluation.share_of_worst(losses, 1.0) == 1
    assert evaluation.share_of_worst([2.0, 6.0], 0.01) == 0.75  # at least one sample
    assert evaluation.share_of_worst([0.0, 0.0]) == 0
    with pytest.raises(ValueError, match="share"):
        evaluation.share_of_worst(losses, 0)


def test_concentration_goes_through_the_share_of_the_worst():
    losses = np.random.default_rng(1).exponential(size=200)
    x, y = evaluation.concentration(losses)
    assert (x[0], y[0], x[-1]) == (0, 0, 1) and y[-1] == pytest.approx(1)
    assert y[2] == pytest.approx(evaluation.share_of_worst(losses, 0.01))
    assert (np.diff(np.diff(y)) <= 1e-12).all()  # the worst come first
    with pytest.raises(ValueError, match="above 0"):
        evaluation.concentration([0.0, 0.0])


def test_disagreements_are_where_loss_and_accuracy_move_the_same_way():
    mean_losses = [2.3, 1.0, 1.1, 0.9, 0.95, 0.8]
    accuracies = [0.1, 0.6, 0.65, 0.60, 0.58, 0.58]
    assert evaluation.disagreements(mean_losses, accuracies).tolist() == [2, 3]


def test_a_loss_that_moves_by_roundings_alone_disagrees_with_nothing():
    assert evaluation.disagreements([0.3, 0.1 + 0.2, 0.3], [0.1, 0.2, 0.1]).tolist() == []


@pytest.mark.parametrize("bins", [1, 4, 15])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_reliability_agrees_with_a_loop_over_samples_and_bins(batch, bins, temperature):
    logits, labels = batch
    found = evaluation.reliability(logits, labels, bins, temperature)
    error = 0.0
    for m in range(1, bins + 1):
        held = []
        for f, y in zip(logits, labels, strict=True):
            p = softmax(f / temperature)
            if (m - 1) / bins < p.max() <= m / bins:
                held.append((p.max(), f.argmax() == y))
        assert found.counts[m - 1] == len(held)
        if held:
            confidence, accuracy = np.mean(held, axis=0)
            assert found.confidence[m - 1] == pytest.approx(confidence, abs=1e-12)
            assert found.accuracy[m - 1] == pytest.approx(accuracy, abs=1e-12)
            error += len(held) / len(labels) * abs(accuracy - confidence)
        else:
            assert math.isnan(found.confidence[m - 1])
    assert found.error == pytest.approx(error, abs=1e-12)


def test_certain_predictions_fall_into_the_last_bin():
    found = evaluation.reliability([[1000.0, 0.0]] * 4, [0, 0, 0, 1], bins=10)
    assert found.counts.tolist() == [0] * 9 + [4]
    assert found.error == pytest.approx(0.25)


def test_best_temperature_agrees_with_a_search_by_scipy(batch):
    logits, labels = batch

    def loss(t):
        return -log_softmax(logits / t, axis=1)[np.arange(len(labels)), labels].mean()

    searched = minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-10})
    best = evaluation.best_temperature(logits, labels)
    assert best == pytest.approx(searched.x, rel=1e-5)
    assert loss(best) <= min(loss(best * 0.999), loss(best * 1.001), searched.fun + 1e-12)


def test_best_temperature_scales_with_the_logits(batch):
    logits, labels = batch
    assert evaluation.best_temperature(5 * logits, labels) == pytest.approx(
        5 * evaluation.best_temperature(logits, labels), rel=1e-9
    )


def test_best_temperature_of_two_samples_on_paper():
    # Three of four right at a distance of 2: σ(2/T) = 3/4, so T = 2 / ln 3.
    best = evaluation.best_temperature([[2.0, 0.0]] * 4, [0, 0, 0, 1])
    assert best == pytest.approx(2 / math.log(3), rel=1e-12)


def test_best_temperature_has_limits_where_there_is_no_best_one():
    assert evaluation.best_temperature([[1.0, 0.0], [0.0, 2.0]], [0, 1]) == 0
    assert evaluation.best_temperature([[1.0, 0.0], [0.0, 2.0]], [1, 0]) == math.inf
    with pytest.raises(ValueError, match="finite"):
        evaluation.best_temperature([[math.inf, 0.0]], [1])


def test_rivals_are_the_true_class_and_the_two_most_probable_others():
    path = np.array([[0.0, 5.0, 4.0, 1.0, -3.0], [0.0, 1.0, 4.0, 6.0, -3.0]])
    mean = softmax(path, axis=1).mean(axis=0)
    others = sorted((k for k in range(4)), key=lambda k: -mean[k])[:2]
    assert evaluation.rivals(path, 4).tolist() == [4, *others]


def test_among_renormalises_the_chosen_probabilities():
    path = np.random.default_rng(3).normal(0, 3, (5, 10))
    p = softmax(path, axis=1)[:, [7, 2, 4]]
    assert np.allclose(evaluation.among(path, [7, 2, 4]), p / p.sum(axis=1, keepdims=True), rtol=1e-12)


@pytest.mark.parametrize("function", [evaluation.margin, evaluation.reliability, evaluation.best_temperature])
def test_what_does_not_fit_is_refused(function):
    with pytest.raises(ValueError, match="must fit"):
        function([[1.0, 2.0]], [0, 1])
    with pytest.raises(ValueError, match="nan"):
        function([[1.0, math.nan]], [0])
