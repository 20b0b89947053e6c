"""Three classes in the plane (E7): clusters, both regressions against scipy's optimiser, and what they name."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit, log_softmax

from explorer.maths import three_classes

NAMES = list(three_classes.CLUSTERS)


def softmax_objective(theta, x, labels):
    theta = theta.reshape(3, 3)
    logits = x @ theta[:, :2].T + theta[:, 2]
    p = labels / labels.sum(axis=1, keepdims=True)
    return -(p * log_softmax(logits, axis=1)).sum(axis=1).mean() + three_classes.L2 / 2 * (theta[:, :2] ** 2).sum()


def sigmoid_objective(theta, x, y):
    logits = x @ theta[:2] + theta[2]
    return (
        -(y * log_expit(logits) + (1 - y) * log_expit(-logits)).mean() + three_classes.L2 / 2 * (theta[:2] ** 2).sum()
    )


@pytest.mark.parametrize("name", NAMES)
def test_points_lie_around_their_centre_with_its_labels(name):
    centres, of_centres = three_classes.CLUSTERS[name]
    x, labels = three_classes.clusters(name, points=4000, spread=0.3, seed=5)
    for i, (centre, label) in enumerate(zip(centres, of_centres, strict=True)):
        mine = slice(4000 * i, 4000 * (i + 1))
        np.testing.assert_allclose(x[mine].mean(axis=0), centre, atol=0.03)
        np.testing.assert_allclose(x[mine].std(axis=0), 0.3, atol=0.02)
        assert (labels[mine] == label).all()


def test_a_seed_gives_the_same_points_again_and_another_seed_others():
    one, again, other = (three_classes.clusters("row", seed=seed)[0] for seed in (3, 3, 4))
    assert (one == again).all()
    assert (one != other).all()


def test_points_between_two_clusters_belong_to_both():
    centres, labels = three_classes.CLUSTERS["overlapping"]
    singles = {tuple(label): centre for label, centre in zip(labels, centres, strict=True) if label.sum() == 1}
    for centre, label in zip(centres, labels, strict=True):
        if label.sum() == 2:
            between = sum(singles[tuple(row)] for row in np.diag(label) if row.any())
            np.testing.assert_allclose(centre, between, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spread", [0.1, 0.45, 1.2])
def test_both_regressions_find_the_minimum_that_scipy_finds(name, spread):
    x, labels = three_classes.clusters(name, spread=spread, seed=1)
    softmax = three_classes.softmax_regression(x, labels)
    best = minimize(softmax_objective, np.zeros(9), args=(x, labels), tol=1e-10)
    assert softmax_objective(softmax.ravel(), x, labels) <= best.fun + 1e-9
    assert np.abs(three_classes.softmax_regression_gradient(softmax, x, labels)).max() < 1e-7
    for theta, y in zip(three_classes.sigmoid_regressions(x, labels), labels.T, strict=True):
        best = minimize(sigmoid_objective, np.zeros(3), args=(x, y), tol=1e-10)
        assert sigmoid_objective(theta, x, y) <= best.fun + 1e-9


def test_the_gradient_is_the_slope_of_the_loss():
    x, labels = three_classes.clusters("overlapping", points=5)
    theta = np.random.default_rng(2).normal(size=(3, 3))
    slopes = np.empty((3, 3))
    for index in np.ndindex(3, 3):
        h = np.zeros((3, 3))
        h[index] = 1e-5
        up, down = (three_classes.softmax_regression_loss(theta + sign * h, x, labels) for sign in (1, -1))
        slopes[index] = (up - down) / 2e-5
    np.testing.assert_allclose(three_classes.softmax_regression_gradient(theta, x, labels), slopes, atol=1e-8)


def right(name, spread=0.45, seed=0):
    x, labels = three_classes.clusters(name, spread=spread, seed=seed)
    softmax = three_classes.largest(three_classes.logits(three_classes.softmax_regression(x, labels), x))
    sigmoids = three_classes.logits(three_classes.sigmoid_regressions(x, labels), x)
    named = (softmax, three_classes.above_half(sigmoids), three_classes.largest(sigmoids))
    return [three_classes.exactly_right(names, labels) / len(x) for names in named]


@pytest.mark.parametrize("seed", range(5))
def test_E7_where_exactly_one_label_is_true_both_work(seed):
    softmax, sigmoids, _ = right("separate", spread=0.35, seed=seed)
    assert softmax == 1
    assert sigmoids == 1


@pytest.mark.parametrize("seed", range(5))
def test_E7_where_several_are_true_only_the_sigmoids_work(seed):
    softmax, sigmoids, _ = right("overlapping", spread=0.3, seed=seed)
    assert softmax <= 0.5
    assert sigmoids > 0.95


@pytest.mark.parametrize("seed", range(5))
def test_no_sigmoid_names_the_cluster_in_the_middle_but_the_largest_one_does(seed):
    softmax, sigmoids, by_size = right("row", spread=0.35, seed=seed)
    assert softmax == 1
    assert sigmoids < 0.7
    assert by_size == 1


def test_none_one_or_several_are_above_half_and_exactly_one_is_the_largest():
    logits = [[-1.0, -2.0, -0.5], [1.0, 2.0, -3.0]]
    np.testing.assert_array_equal(three_classes.above_half(logits), [[0, 0, 0], [1, 1, 0]])
    np.testing.assert_array_equal(three_classes.largest(logits), [[0, 0, 1], [0, 1, 0]])


@pytest.mark.parametrize("name", NAMES)
def test_on_a_boundary_the_deciding_values_are_equal(name):
    x, labels = three_classes.clusters(name)
    sigmoids = three_classes.sigmoid_regressions(x, labels)
    for k, points in enumerate(three_classes.sigmoid_boundaries(sigmoids)):
        np.testing.assert_allclose(three_classes.logits(sigmoids, points)[:, k], 0, atol=1e-9)
    softmax = three_classes.softmax_regression(x, labels)
    boundaries = [points for points in three_classes.softmax_boundaries(softmax) if len(points)]
    assert len(boundaries) >= 2
    for points in boundaries:
        smallest, middle, largest = np.sort(three_classes.logits(softmax, points), axis=1).T
        np.testing.assert_allclose(largest, middle, atol=1e-9)
        assert (smallest <= middle).all()


def test_a_class_without_a_direction_has_no_boundary():
    assert three_classes.sigmoid_boundaries([[0, 0, 1.0]])[0].shape == (0, 2)


def test_what_is_wrong_is_reported():
    for bad in (
        {"name": "four"},
        {"name": "row", "points": 0},
        {"name": "row", "spread": 0},
        {"name": "row", "seed": -1},
    ):
        with pytest.raises(ValueError):
            three_classes.clusters(**bad)


def test_without_points_of_a_class_the_others_are_fitted_as_if_it_were_not_there():
    x, labels = three_classes.clusters("separate", points=5, spread=0.8, seed=1)
    two, of_two = x[labels[:, 2] == 0], labels[labels[:, 2] == 0]
    theta = three_classes.softmax_regression(two, of_two)
    assert theta[2].tolist() == [0, 0, -np.inf]

    def objective(flat):
        logits = two @ flat.reshape(2, 3)[:, :2].T + flat.reshape(2, 3)[:, 2]
        weights = flat.reshape(2, 3)[:, :2]
        return (
            -(of_two[:, :2] * log_softmax(logits, axis=1)).sum(axis=1).mean()
            + three_classes.L2 / 2 * (weights**2).sum()
        )

    assert objective(theta[:2].ravel()) == pytest.approx(minimize(objective, np.zeros(6), tol=1e-10).fun, rel=1e-6)
    named = three_classes.largest(three_classes.logits(theta, two))
    assert named[:, 2].sum() == 0 and three_classes.exactly_right(named, of_two) == len(two)
    assert [len(line) > 0 for line in three_classes.softmax_boundaries(theta)] == [True, False, False]


def test_a_label_that_no_point_or_every_point_has_gets_the_limit_of_its_bias():
    x = np.array([[0.0, 1.0], [1.0, -1.0]])
    theta = three_classes.sigmoid_regressions(x, np.array([[1.0, 0, 1], [1, 0, 0]]))
    assert theta[:2].tolist() == [[0, 0, np.inf], [0, 0, -np.inf]] and np.isfinite(theta[2]).all()
    assert three_classes.above_half(three_classes.logits(theta, x))[:, :2].tolist() == [[1, 0], [1, 0]]
    assert [len(line) > 0 for line in three_classes.sigmoid_boundaries(theta)] == [False, False, True]
