"""logistic.py against scipy, against finite differences, and what descent does where there is no minimum."""

import math

import numpy as np
import pytest
from scipy.optimize import approx_fprime, linprog, minimize

from explorer.maths import logistic

FEATURES = [1, 2]


@pytest.fixture(params=FEATURES)
def samples(request):
    return logistic.toy_data("overlapping", samples=30, seed=1, features=request.param)


def theta_for(x, seed=0):
    return np.random.default_rng(seed).normal(size=x.shape[1] + 1)


class TestToyData:
    @pytest.mark.parametrize("features", FEATURES)
    @pytest.mark.parametrize("count", [8, 41])
    @pytest.mark.parametrize("name", logistic.TOY_DATA)
    def test_all_data_but_the_separable_have_an_estimate(self, name, count, features):
        for seed in range(20):
            x, y = logistic.toy_data(name, count, seed, features)
            assert x.shape == (count, features) and y.shape == (count,) and set(y) == {0, 1}
            assert logistic.has_estimate(x, y) == (name != "separable")

    def test_a_seed_names_the_samples(self):
        x, y = logistic.toy_data("imbalanced", 50, seed=3, features=2)
        again, _ = logistic.toy_data("imbalanced", 50, seed=3, features=2)
        other, _ = logistic.toy_data("imbalanced", 50, seed=4, features=2)
        np.testing.assert_array_equal(x, again)
        assert (x != other).any() and y.sum() == 5

    def test_separable_data_have_a_gap(self):
        x, y = logistic.toy_data("separable", 500, seed=0, features=2)
        along = x.sum(axis=1) / np.sqrt(2)
        assert along[y == 1].min() >= 0.3 and along[y == 0].max() <= -0.3

    def test_the_outlier_pulls_the_weight_down(self):
        x, y = logistic.toy_data("outlier")
        assert x[0] == 8 and y[0] == 0
        with_outlier = logistic.maximum_likelihood_estimate(x, y, l2=1e-3)
        without = logistic.maximum_likelihood_estimate(x[1:], y[1:], l2=1e-3)
        assert with_outlier[0] < without[0] / 2


class TestHasEstimate:
    @pytest.mark.parametrize(
        ("x", "y", "expected"),
        [
            ([0, 1, 2, 3], [0, 0, 1, 1], False),
            ([0, 1, 2, 3], [1, 1, 0, 0], False),
            ([0, 2, 1, 3], [0, 0, 1, 1], True),
            ([0, 1, 1, 2], [0, 0, 1, 1], False),  # they only touch: quasi-complete separation
            ([0, 1, 2], [1, 1, 1], False),
            ([5, 5, 5], [0, 1, 1], False),  # w is arbitrary
            ([0, 1, 1 + 2**-52, 2], [0, 0, 1, 1], False),
            ([0, 1 + 2**-52, 1, 2], [0, 0, 1, 1], True),
        ],
    )
    def test_one_feature(self, x, y, expected):
        assert logistic.has_estimate(np.array(x, float)[:, None], y) is expected

    @pytest.mark.parametrize(
        ("x", "y", "expected"),
        [
            ([[0, 0], [1, 1], [0, 1], [1, 0]], [0, 0, 1, 1], True),  # exclusive or
            ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 1, 1], False),
            ([[0, 0], [1, 1], [2, 2], [1, 1]], [0, 1, 0, 1], False),  # all on one line
            ([[0, 0], [1, 0], [2, 0], [1, 1]], [0, 1, 0, 1], False),  # on the boundary, but for one
            ([[0, 0], [3, 0], [0, 3], [1, 1]], [0, 0, 0, 1], True),
            ([[0, 0], [3, 0], [0, 3], [2, 2]], [0, 0, 0, 1], False),
        ],
    )
    def test_two_features(self, x, y, expected):
        assert logistic.has_estimate(x, y) is expected

    @pytest.mark.parametrize("seed", range(60))
    def test_agrees_with_linear_programming(self, seed):
        random = np.random.default_rng(seed)
        x = random.integers(0, 4, size=(random.integers(4, 9), 2)).astype(float)  # many ties and lines
        y = random.integers(0, 2, size=len(x))
        signed = np.where(y == 1, 1.0, -1.0)[:, None] * np.column_stack([x, np.ones(len(x))])
        # The largest sum of margins that are all 0 or more: above 0 if a boundary separates.
        best = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(x)), bounds=(-1, 1))
        spans = np.linalg.matrix_rank(signed) == 3
        assert logistic.has_estimate(x, y) == (spans and -best.fun < 1e-9)


class TestFunctions:
    def test_likelihood_is_the_product_of_its_terms_and_its_logarithm_the_sum(self, samples):
        x, y = samples
        theta = theta_for(x)
        f = [1 / (1 + math.exp(-(theta[:-1] @ row + theta[-1]))) for row in x]
        terms = [p if label else 1 - p for p, label in zip(f, y, strict=True)]
        np.testing.assert_allclose(logistic.likelihood_terms(theta, x, y), terms, rtol=1e-12)
        np.testing.assert_allclose(logistic.likelihood(theta, x, y), math.prod(terms), rtol=1e-12)
        np.testing.assert_allclose(logistic.log_likelihood(theta, x, y), sum(map(math.log, terms)), rtol=1e-12)
        np.testing.assert_allclose(logistic.loss(theta, x, y), -sum(map(math.log, terms)) / len(x), rtol=1e-12)

    def test_the_product_underflows_where_the_sum_does_not(self):
        x, y = logistic.toy_data("overlapping", samples=500)
        x, y = np.tile(x, (4, 1)), np.tile(y, 4)
        theta = np.zeros(2)
        assert logistic.likelihood(theta, x, y) == 0  # 2^−2000
        assert logistic.log_likelihood(theta, x, y) == pytest.approx(-2000 * math.log(2), rel=1e-12)

    @pytest.mark.parametrize("l2", [0.0, 0.3])
    def test_gradient_and_hessian_are_the_derivatives(self, samples, l2):
        x, y = samples
        theta = theta_for(x)
        gradient = approx_fprime(theta, logistic.loss, 1e-7, x, y, l2)
        np.testing.assert_allclose(logistic.loss_gradient(theta, x, y, l2), gradient, atol=1e-6)
        hessian = approx_fprime(theta, logistic.loss_gradient, 1e-7, x, y, l2)
        np.testing.assert_allclose(logistic.loss_hessian(theta, x, y, l2), hessian, atol=1e-6)

    def test_the_hessian_is_never_negative(self, samples):
        x, y = samples
        for seed in range(20):
            hessian = logistic.loss_hessian(10 * theta_for(x, seed), x, y)
            assert np.linalg.eigvalsh(hessian).min() >= -1e-15

    def test_the_penalty_leaves_the_bias_alone(self, samples):
        x, y = samples
        theta = np.append(np.arange(1.0, x.shape[1] + 1), 100.0)
        penalty = logistic.loss(theta, x, y, l2=2.0) - logistic.loss(theta, x, y)
        assert penalty == pytest.approx((theta[:-1] ** 2).sum(), rel=1e-12)

    def test_leading_axes_of_theta_are_those_of_the_result(self, samples):
        x, y = samples
        thetas = np.random.default_rng(2).normal(size=(3, 4, x.shape[1] + 1))
        for function in (
            logistic.likelihood,
            logistic.log_likelihood,
            logistic.loss,
            logistic.loss_gradient,
            logistic.loss_hessian,
            logistic.likelihood_terms,
        ):
            together = function(thetas, x, y)
            for index in np.ndindex(3, 4):
                np.testing.assert_allclose(together[index], function(thetas[index], x, y), rtol=1e-12)

    def test_loss_surface_has_weights_along_its_columns_and_biases_along_its_rows(self):
        x, y = logistic.toy_data("overlapping", features=1)
        w, b = np.linspace(-1, 3, 5), np.linspace(-2, 2, 3)
        surface = logistic.loss_surface(w, b, x, y, l2=0.1)
        assert surface.shape == (3, 5)
        for i, j in np.ndindex(3, 5):
            assert surface[i, j] == pytest.approx(logistic.loss([w[j], b[i]], x, y, l2=0.1), rel=1e-14)


class TestEstimate:
    @pytest.mark.parametrize("l2", [0.0, 0.01, 1.0])
    @pytest.mark.parametrize("features", FEATURES)
    @pytest.mark.parametrize("name", ["overlapping", "imbalanced", "outlier"])
    def test_agrees_with_scipy(self, name, features, l2):
        x, y = logistic.toy_data(name, seed=5, features=features)
        start = np.zeros(features + 1)
        best = minimize(logistic.loss, start, (x, y, l2), method="BFGS", jac=logistic.loss_gradient, tol=1e-10)
        estimate = logistic.maximum_likelihood_estimate(x, y, l2)
        np.testing.assert_allclose(estimate, best.x, atol=1e-6)
        assert np.abs(logistic.loss_gradient(estimate, x, y, l2)).max() < 1e-15
        assert logistic.loss(estimate, x, y, l2) <= best.fun + 1e-15

    @pytest.mark.parametrize("features", FEATURES)
    def test_there_is_none_for_separable_data_until_a_penalty_brings_it_back(self, features):
        x, y = logistic.toy_data("separable", features=features)
        assert logistic.maximum_likelihood_estimate(x, y) is None
        lengths = []
        for l2 in (1e-100, 1e-8, 1e-2, 1.0):
            estimate = logistic.maximum_likelihood_estimate(x, y, l2)
            weights = np.linalg.norm(estimate[:-1])
            assert np.linalg.norm(logistic.loss_gradient(estimate, x, y, l2)) < 1e-9 * l2 * weights
            lengths.append(weights)
        assert lengths == sorted(lengths, reverse=True) and lengths[0] > 100

    @pytest.mark.parametrize("l2", [0.0, 1.0])
    def test_there_is_none_for_a_single_label(self, l2):
        assert logistic.maximum_likelihood_estimate([[1.0], [2.0]], [1, 1], l2) is None


class TestDescent:
    def test_a_small_rate_leads_downhill_to_the_estimate(self, samples):
        x, y = samples
        path = logistic.gradient_descent(np.zeros(x.shape[1] + 1), x, y, rate=0.5, steps=800)
        assert path.shape == (801, x.shape[1] + 1) and (path[0] == 0).all()
        assert (np.diff(logistic.loss(path, x, y)) < 1e-15).all()
        np.testing.assert_allclose(path[-1], logistic.maximum_likelihood_estimate(x, y), atol=1e-3)
        np.testing.assert_allclose(path[1], -0.5 * logistic.loss_gradient(path[0], x, y), rtol=1e-12)

    def test_a_large_rate_swings_to_and_fro(self):
        x, y = logistic.toy_data("overlapping", seed=1)
        path = logistic.gradient_descent([0.0, 0.0], x, y, rate=50.0, steps=100)
        losses = logistic.loss(path, x, y)
        assert (np.diff(losses) > 0).sum() > 20 and losses[-20:].max() > 2 * logistic.loss([0.0, 0.0], x, y)

    @pytest.mark.parametrize("data", logistic.TOY_DATA)
    @pytest.mark.parametrize(
        ("rate", "l2"), [(20, 0), (1000, 0), (1, 0.5), (3.5, 0.5), (3.9, 0.5), (4, 0.5), (12, 0.2)]
    )
    def test_a_path_that_diverges_grows_without_bound_only_where_predicted(self, data, rate, l2):
        x, y = logistic.toy_data(data)
        heights = logistic.loss(logistic.gradient_descent((-1, 1), x, y, rate, 400, l2), x, y, l2)
        first, second = (np.nan_to_num(half, nan=np.inf).max() for half in np.split(heights[1:], 2))
        assert logistic.grows_without_bound(rate, l2) == (second == np.inf or second > 1.5 * first)

    @pytest.mark.filterwarnings("error")
    def test_a_path_that_diverges_is_kept_with_its_infinities(self):
        x, y = logistic.toy_data("overlapping")
        path = logistic.gradient_descent([0.0, 0.0], x, y, rate=3.0, steps=3000, l2=1.0)
        losses = logistic.loss(path, x, y, l2=1.0)
        assert path.shape == (3001, 2) and np.isnan(path[-1]).all() and np.isnan(losses[-1])
        assert np.isinf(losses).any() and np.isfinite(losses[:400]).all()
        assert np.isnan(logistic.log_likelihood(path, x, y)[-1])
        assert np.isnan(logistic.loss_hessian(path[-1], x, y)).all()

    def test_on_separable_data_the_loss_falls_for_ever_and_the_weights_grow(self, samples):
        x, y = logistic.toy_data("separable", features=samples[0].shape[1])
        start = np.zeros(x.shape[1] + 1)
        path = logistic.gradient_descent(start, x, y, rate=1.0, steps=2000)
        assert (np.diff(logistic.loss(path, x, y)) < 0).all()
        assert (np.diff(np.linalg.norm(path[:, :-1], axis=1)) > 0).all()
        path = logistic.newton(start, x, y, steps=60)
        assert logistic.loss(path[-1], x, y) < 1e-20 and len(path) == 61

    def test_infinite_weights_that_separate_cost_nothing(self):
        x, y = logistic.toy_data("separable")
        assert logistic.loss([np.inf, 0.0], x, y) == 0
        assert logistic.loss([-np.inf, 0.0], x, y) == np.inf
        assert logistic.loss([np.inf, 0.0], x, y, l2=0.1) == np.inf

    @pytest.mark.parametrize("start", [0.0, 30.0, -10.0])
    def test_newton_ends_at_the_estimate_in_few_steps(self, samples, start):
        x, y = samples
        path = logistic.newton(np.full(x.shape[1] + 1, start), x, y, steps=200)
        if start == 0:
            assert len(path) < 15
        gradients = np.linalg.norm(logistic.loss_gradient(path, x, y), axis=1)
        assert (np.diff(gradients) < 1e-16).all() and (np.diff(logistic.loss(path, x, y)) < 1e-15).all()
        np.testing.assert_allclose(path[-1], logistic.maximum_likelihood_estimate(x, y), rtol=1e-9)

    @pytest.mark.filterwarnings("error")
    def test_newton_ends_where_all_samples_are_saturated(self):
        x, y = logistic.toy_data("separable")
        path = logistic.newton([1e4, 0.0], x, y, steps=10)
        assert path.tolist() == [[1e4, 0.0]]


X, Y = [[0.0], [1.0], [2.0]], [0, 1, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: logistic.toy_data("moons"), "name must be one of overlapping, .* got 'moons'"),
        (
            lambda: logistic.toy_data("outlier", samples=7),
            "samples must be one whole number, 8 or more; got 7",
        ),
        (lambda: logistic.toy_data("outlier", seed=-1), "seed must be one whole number, 0 or more; got -1"),
        (lambda: logistic.toy_data("outlier", features=3), "features must be 1 or 2; got 3"),
        (lambda: logistic.has_estimate(np.zeros((4, 3)), [0, 1, 0, 1]), "x must have 1 or 2 features; got 3"),
        (lambda: logistic.loss([1, 2], [0.0, 1.0], [0, 1]), r"x must be .* got the shape \(2,\)"),
        (lambda: logistic.loss([1, 2], [[np.inf]], [0]), "x must be finite"),
        (lambda: logistic.loss([1, 2], X, [0, 1]), r"y must have one label for each of the 3 .* \(2,\)"),
        (lambda: logistic.loss([1, 2], X, [0, 1, 2]), "y must be 0 or 1; got 2"),
        (lambda: logistic.loss([1, 2, 3], X, Y), r"theta must hold 1 weights and a bias .* \(3,\)"),
        (lambda: logistic.loss("ab", X, Y), "theta must hold"),
        (lambda: logistic.loss([1, 2], X, Y, l2=-1), "l2 must be one finite number, 0 or more; got -1"),
        (lambda: logistic.loss_gradient([1, 2], X, Y, l2=np.inf), "l2 must be one finite number"),
        (lambda: logistic.loss_surface(1.0, [1.0], X, Y), "w and b must have one axis each"),
        (lambda: logistic.gradient_descent([0, 0], X, Y, 0, 10), "rate must be .* above 0; got 0"),
        (lambda: logistic.gradient_descent([0, 0], X, Y, 1, -1), "steps must be one whole number, 0 or more"),
        (lambda: logistic.gradient_descent([[0, 0]], X, Y, 1, 1), "theta must be one set of parameters"),
        (lambda: logistic.newton([0, 0], X, Y, 1.5), "steps must be a whole number"),
    ],
)
def test_bad_input_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "x, y, why",
    [
        ([[0, 0], [3, 1], [1, 2]], [1, 1, 1], "one_label"),
        ([[5, 5]], [0], "one_label"),
        ([[0, 0], [3, 1]], [0, 1], "separable"),
        ([[0, 0], [1, 1], [2, 2]], [0, 1, 1], "separable"),  # on one line, with a gap
        ([[0, 0], [0, 4], [3, 1]], [0, 0, 1], "separable"),
        ([[0, 0], [0, 0], [1, 0], [0, 1]], [0, 1, 1, 1], "separable"),  # two labels at a place on the boundary
        ([[0, 0], [1, 1], [2, 2]], [0, 1, 0], "flat"),
        ([[2, 1], [2, 1]], [0, 1], "flat"),
        ([[0, 0], [1, 1], [0, 1], [1, 0]], [0, 0, 1, 1], None),
        ([[2], [2]], [0, 1], "flat"),
        ([[1], [2], [3]], [0, 1, 0], None),
    ],
)
def test_what_hinders_an_estimate_has_a_name(x, y, why):
    assert logistic.hindrance(x, y) == why
    assert logistic.has_estimate(x, y) == (why is None)


def test_on_whole_hundredths_it_is_exact_which_side_of_a_line_a_point_is_on():
    """0.1, 0.2 and 0.3 lie on one line with their doubles, but not in float64; as whole numbers they do."""
    x = np.array([[0.1, 0.2], [0.2, 0.4], [0.3, 0.6], [0.7, 1.4]])
    assert logistic.hindrance((100 * x).round(), [0, 1, 0, 1]) == "flat"
