"""losses.py against mpmath at 50 digits, its own derivatives, and the identities of the essay."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.maths import losses

mp = mpmath.MPContext()
mp.dps = 50
TINY = np.finfo(np.float64).tiny

LOGITS_OF_A_BINARY = [
    0.0,
    1e-300,
    1e-17,
    1e-8,
    0.3,
    1.0,
    5.0,
    17.0,
    36.0,
    37.0,
    40.0,
    100.0,
    700.0,
    708.0,
    1e4,
    1e300,
]
LOGITS_OF_A_BINARY += [-z for z in LOGITS_OF_A_BINARY]

random = np.random.default_rng(7)
ROWS = [
    [0.0, 0.0],
    [5.0],
    [1e-17, 0.0, -1e-17],
    [50.0, 0.0],
    [700.0, 0.0, 10.0],
    [1e4, -1e4, 9990.0],
    [-1e4, -1e4 + 1, -1e4 - 30],
    [1e300, -1e300, 1e299],
    [1e4 + 1e-3, 1e4, 1e4 - 1e-3],
    [3.0] * 10,
    [-np.inf, 2.0, 1.0],
    *(scale * random.normal(size=10) for scale in (1e-9, 1e-3, 1, 10, 100, 3e3)),
]
TEMPERATURES = [1.0, 1e-3, 0.1, 3.0, 1e4]


def distributions():
    """Pairs (p, q) from equal to far apart, with zeros and probabilities down to 1e-300."""
    u = 2.0**-53
    yield [1 - u, u], [1 - u, u]
    yield [1 - u, u], [0.5, 0.5]
    yield [0.5, 0.5], [1 - u, u]
    yield [1.0, 0.0], [0.25, 0.75]
    yield [0.25, 0.75], [1.0, 0.0]
    yield [1.0, 0.0], [1.0, 0.0]
    yield [1.0], [1.0]
    yield [1.0, 1e-300], [1e-300, 1.0]
    yield [0.5, 0.5, 1e-300], [1e-300, 0.5, 0.5]
    yield [1.0, 3e-320], [3e-320, 1.0]
    yield [0.5, 0.5], [0.5 + 2.0**-30, 0.5 - 2.0**-30]
    yield [0.3, 0.7], [0.6, 0.4]
    for concentration in (1e-2, 1.0, 100.0):
        yield random.dirichlet(np.full(10, concentration)), random.dirichlet(np.full(10, 1.0))
    p = random.dirichlet(np.ones(10))
    for distance in (1e-15, 1e-12, 1e-8, 1e-4, 1e-2):
        q = p * (1 + distance * random.uniform(-1, 1, 10))
        yield p, q / q.sum()
    float32 = losses.softmax(random.normal(size=1000)).astype(np.float32)
    yield float32, losses.softmax(random.normal(size=1000)).astype(np.float32)


PAIRS = list(distributions())


def assert_close(actual, exact, absolute=0):
    """Equal to a relative 1e-12; results below the normal range may have lost their digits."""
    if not mp.isfinite(exact):
        assert actual == float(exact)
    else:
        assert abs(mp.mpf(float(actual)) - exact) <= max(1e-12 * abs(exact), absolute, TINY * 1e-12), (
            actual,
            exact,
        )


def exact_sigmoid(z):
    return 1 / (1 + mp.exp(-mp.mpf(z)))


def exact_softmax(logits, temperature=1.0):
    largest = mp.mpf(max(logits))  # e^1e300 is too large even for mpmath
    terms = [mp.exp((mp.mpf(f) - largest) / mp.mpf(temperature)) for f in logits]
    return [term / mp.fsum(terms) for term in terms]


def exact_log_softmax(logits, temperature=1.0):
    logits = [mp.mpf(float(f)) / mp.mpf(temperature) for f in logits]
    top = max(range(len(logits)), key=logits.__getitem__)
    rest = mp.fsum(mp.exp(f - logits[top]) for k, f in enumerate(logits) if k != top)
    return [f - logits[top] - mp.log1p(rest) for f in logits]


def exact_entropies(p, q):
    """Σ p ln(1/q) and Σ p ln(p/q) of the given numbers."""
    p, q = [mp.mpf(float(x)) for x in p], [mp.mpf(float(x)) for x in q]
    if any(b == 0 < a for a, b in zip(p, q, strict=True)):
        return mp.inf, mp.inf
    support = [(a, b) for a, b in zip(p, q, strict=True) if a > 0]
    return -mp.fsum(a * mp.log(b) for a, b in support), mp.fsum(a * mp.log(a / b) for a, b in support)


class TestBinary:
    @pytest.mark.parametrize("z", LOGITS_OF_A_BINARY)
    def test_everything_is_correct_to_1e_12_from_tiny_to_huge(self, z):
        with mp.workdps(600):  # 1 + e^(−700) needs 300 digits
            right, wrong = (
                exact_sigmoid(z) if z > -1e6 else mp.mpf(0),
                exact_sigmoid(-z) if z < 1e6 else mp.mpf(0),
            )
            assert_close(losses.sigmoid(z), right)
            assert_close(losses.sigmoid_derivative(z), right * wrong)
            assert_close(losses.bernoulli_likelihood(z, 1), right)
            assert_close(losses.bernoulli_likelihood(z, 0), wrong)
            assert_close(losses.binary_cross_entropy_gradient(z, 1), -wrong)
            assert_close(losses.binary_cross_entropy_gradient(z, 0), right)
            assert_close(losses.squared_error(z, 1), wrong**2)
            assert_close(losses.squared_error_gradient(z, 0), 2 * right**2 * wrong)
            log_right = mp.mpf(z) if z < -1e6 else -mp.log1p(mp.exp(-z)) if z < 1e6 else mp.mpf(0)
            assert_close(losses.log_sigmoid(z), log_right)
            assert_close(losses.binary_cross_entropy(z, 1), -log_right)
            assert_close(losses.binary_cross_entropy(-z, 0), -log_right)

    @pytest.mark.parametrize("y", [0, 1])
    @pytest.mark.parametrize("z", [-30.0, -3.0, 0.0, 1e-3, 2.0, 40.0])
    @pytest.mark.parametrize("name", ["binary_cross_entropy", "squared_error"])
    def test_gradients_are_the_derivatives(self, name, z, y):
        def exact_loss(z):
            f = exact_sigmoid(z)
            return -mp.log(f if y else 1 - f) if name == "binary_cross_entropy" else (f - y) ** 2

        gradient = getattr(losses, f"{name}_gradient")(z, y)
        np.testing.assert_allclose(gradient, float(mp.diff(exact_loss, z)), rtol=1e-9)

    def test_infinite_logits_give_the_limits(self):
        z = np.array([np.inf, -np.inf])
        np.testing.assert_array_equal(losses.sigmoid(z), [1, 0])
        np.testing.assert_array_equal(losses.log_sigmoid(z), [0, -np.inf])
        np.testing.assert_array_equal(losses.binary_cross_entropy(z, 1), [0, np.inf])
        np.testing.assert_array_equal(losses.binary_cross_entropy_gradient(z, [1, 0]), [0, 0])

    def test_logits_and_labels_broadcast(self):
        z, y = np.linspace(-3, 3, 7)[:, None], np.array([0, 1])
        for function in (
            losses.bernoulli_likelihood,
            losses.binary_cross_entropy,
            losses.squared_error_gradient,
        ):
            np.testing.assert_array_equal(function(z, y), [[function(a, b) for b in y] for a in z[:, 0]])


class TestSoftmax:
    @pytest.mark.parametrize("temperature", TEMPERATURES)
    @pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
    def test_everything_is_correct_to_1e_12_from_tiny_to_huge(self, row, temperature):
        probabilities, logs = exact_softmax(row, temperature), exact_log_softmax(row, temperature)
        for k in range(len(row)):
            assert_close(losses.softmax(row, temperature)[k], probabilities[k])
            assert_close(losses.log_softmax(row, temperature)[k], logs[k])
            assert_close(losses.softmax_loss(row, k, temperature), -logs[k])
            others = mp.fsum(p for j, p in enumerate(probabilities) if j != k)
            exact = [p if j != k else -others for j, p in enumerate(probabilities)]
            for component, value in zip(losses.softmax_loss_gradient(row, k, temperature), exact, strict=True):
                assert_close(component, value / mp.mpf(temperature))

    @pytest.mark.parametrize("temperature", [1.0, 0.5])
    def test_gradient_is_the_derivative_of_the_loss(self, temperature):
        row, label = [0.5, -2.0, 3.0, 30.0], 2
        for k in range(len(row)):

            def loss(f, k=k):
                return -mp.log(exact_softmax([*row[:k], f, *row[k + 1 :]], temperature)[label])

            gradient = losses.softmax_loss_gradient(row, label, temperature)[k]
            np.testing.assert_allclose(gradient, float(mp.diff(loss, row[k])), rtol=1e-9)

    def test_one_infinite_logit_is_certainty(self):
        row = [1.0, np.inf, -np.inf]
        np.testing.assert_array_equal(losses.softmax(row, 1e-3), [0, 1, 0])
        np.testing.assert_array_equal(losses.log_softmax(row), [-np.inf, 0, -np.inf])
        np.testing.assert_array_equal(losses.softmax_loss(row, [0, 1, 2]), [np.inf, 0, np.inf])
        np.testing.assert_array_equal(losses.softmax_loss_gradient(row, 0), [-1, 1, 0])

    def test_a_difference_that_overflows_only_before_the_temperature_is_exact(self):
        np.testing.assert_allclose(losses.log_softmax([1.5e308, -1.5e308], 1e306), [0, -300], rtol=1e-12, atol=1e-100)

    def test_leading_axes_are_samples(self):
        random = np.random.default_rng(11)
        logits = random.normal(size=(4, 3, 10))
        label = random.integers(0, 10, size=(4, 3))
        result, gradient = losses.softmax_loss(logits, label), losses.softmax_loss_gradient(logits, label)
        assert result.shape == (4, 3) and gradient.shape == logits.shape
        for index in np.ndindex(4, 3):
            np.testing.assert_allclose(result[index], losses.softmax_loss(logits[index], label[index]), rtol=1e-14)
            np.testing.assert_allclose(
                gradient[index], losses.softmax_loss_gradient(logits[index], label[index]), rtol=1e-14
            )
        assert losses.softmax_loss(logits[0, 0], np.arange(10)).shape == (10,)

    def test_the_first_loss_of_ten_classes_is_ln_10(self):
        np.testing.assert_allclose(losses.softmax_loss(np.zeros((5, 10)), 3), np.log(10), rtol=1e-15)


class TestDistributions:
    @pytest.mark.parametrize(("p", "q"), PAIRS, ids=range(len(PAIRS)))
    def test_entropies_are_correct_to_1e_12_and_the_divergence_to_1e_14(self, p, q):
        cross_entropy, divergence = exact_entropies(p, q)
        assert_close(losses.entropy(p), exact_entropies(p, p)[0])
        assert_close(losses.cross_entropy(p, q), cross_entropy)
        assert_close(losses.kl_divergence(p, q), max(divergence, mp.mpf(0)), absolute=1e-14)

    @pytest.mark.parametrize("distance", [2.0**-k for k in range(2, 40, 6)])
    def test_divergence_of_nearly_equal_distributions_keeps_digits(self, distance):
        p, q = [0.25, 0.75], [0.25 + distance, 0.75 - distance]
        exact = exact_entropies(p, q)[1]
        assert abs(losses.kl_divergence(p, q) - exact) < 4e-16 * distance

    def test_divergence_is_exactly_zero_between_equals(self):
        for p, q in PAIRS:
            assert losses.kl_divergence(p, p) == 0
            assert losses.kl_divergence(q, q) == 0

    def test_what_was_held_impossible_costs_infinitely_much(self):
        assert losses.cross_entropy([0.5, 0.5, 0], [1, 0, 0]) == np.inf
        assert losses.kl_divergence([1e-300, 1], [0, 1]) == np.inf
        assert losses.kl_divergence([1, 0], [0.5, 0.5]) == np.log(2)

    def test_with_one_hot_targets_the_divergence_is_the_softmax_loss(self):
        random = np.random.default_rng(11)
        logits = random.normal(size=(20, 10)) * 5
        label = random.integers(0, 10, size=20)
        target, q = losses.smooth_labels(label, 10, 0), losses.softmax(logits)
        np.testing.assert_array_equal(losses.entropy(target), np.zeros(20))
        np.testing.assert_allclose(losses.kl_divergence(target, q), losses.softmax_loss(logits, label), rtol=1e-12)
        np.testing.assert_allclose(losses.cross_entropy(target, q), losses.softmax_loss(logits, label), rtol=1e-12)

    def test_grids_broadcast_and_equal_their_elements(self):
        random = np.random.default_rng(11)
        p, q = random.dirichlet(np.ones(3), size=(5, 1)), random.dirichlet(np.ones(3), size=(1, 4))
        for function in (losses.cross_entropy, losses.kl_divergence):
            grid = function(p, q)
            assert grid.shape == (5, 4)
            np.testing.assert_allclose(grid, [[function(a, b) for b in q[0]] for a in p[:, 0]], rtol=1e-14)

    def test_smoothed_labels_move_a_share_to_all_classes(self):
        target = losses.smooth_labels([[2, 0]], classes=4, smoothing=0.2)
        np.testing.assert_allclose(target, [[[0.05, 0.05, 0.85, 0.05], [0.85, 0.05, 0.05, 0.05]]], rtol=1e-15)
        np.testing.assert_allclose(losses.smooth_labels(1, 7, 1.0), np.full(7, 1 / 7), rtol=1e-15)
        assert losses.smooth_labels(1, 3, 0).tolist() == [0, 1, 0]
        assert round(losses.entropy(losses.smooth_labels(0, 10, 0.2)), 3) == 0.867


rows = st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=10)
stable = settings(derandomize=True, max_examples=150, deadline=None)


class TestProperties:
    @stable
    @given(rows, st.floats(-1e4, 1e4))
    def test_a_constant_added_to_all_logits_changes_nothing(self, row, shift):
        moved = np.array(row) + shift
        kept = moved - shift  # what is left of the logits after the rounding of the sum
        np.testing.assert_allclose(losses.softmax(moved), losses.softmax(kept), rtol=1e-10, atol=1e-300)

    @stable
    @given(rows, st.floats(1e-3, 1e3))
    def test_probabilities_sum_to_one(self, row, temperature):
        probabilities = losses.softmax(row, temperature)
        assert (probabilities >= 0).all()
        assert abs(probabilities.sum() - 1) < 1e-15 * len(row)

    @stable
    @given(rows, st.data())
    def test_gradient_sums_to_zero_and_points_away_from_the_true_class(self, row, data):
        label = data.draw(st.integers(0, len(row) - 1))
        gradient = losses.softmax_loss_gradient(row, label)
        assert abs(gradient.sum()) <= 4e-16 * abs(gradient[label])
        assert gradient[label] <= 0 and (np.delete(gradient, label) >= 0).all()

    @stable
    @given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
    def test_softmax_of_two_is_the_sigmoid_of_the_difference(self, a, b):
        np.testing.assert_allclose(losses.softmax([a, b]), losses.sigmoid([a - b, b - a]), rtol=1e-12, atol=1e-307)
        np.testing.assert_allclose(
            losses.softmax_loss([a, b], 0), losses.binary_cross_entropy(a - b, 1), rtol=1e-12, atol=1e-307
        )

    @stable
    @given(rows, st.data())
    def test_cross_entropy_is_entropy_plus_divergence_which_is_never_negative(self, row, data):
        other = data.draw(st.lists(st.floats(-700, 700), min_size=len(row), max_size=len(row)))
        p, q = losses.softmax(row), losses.softmax(other)
        divergence = losses.kl_divergence(p, q)
        assert divergence >= 0
        np.testing.assert_allclose(losses.cross_entropy(p, q), losses.entropy(p) + divergence, rtol=1e-12, atol=1e-14)

    @stable
    @given(rows, st.floats(-1e-6, 1e-6))
    def test_divergence_of_neighbours_is_never_negative(self, row, step):
        moved = [row[0] + step, *row[1:]]
        for dtype in (np.float64, np.float32):
            p, q = losses.softmax(row).astype(dtype), losses.softmax(moved).astype(dtype)
            assert losses.kl_divergence(p, q) >= 0


class TestTypes:
    def test_scalars_in_numpy_scalars_out(self):
        p = [0.5, 0.5]
        for value in (
            losses.sigmoid(1),
            losses.sigmoid_derivative(1),
            losses.log_sigmoid(1),
            losses.bernoulli_likelihood(1, 1),
            losses.binary_cross_entropy(1, True),
            losses.binary_cross_entropy_gradient(1, 1.0),
            losses.squared_error(1, 1),
            losses.squared_error_gradient(1, 1),
            losses.softmax_loss([1, 2], 1),
            losses.entropy(p),
            losses.cross_entropy(p, p),
            losses.kl_divergence(p, p),
        ):
            assert type(value) is np.float64

    def test_no_result_is_a_negative_zero(self):
        for zero in (
            losses.binary_cross_entropy(np.inf, 1),
            losses.binary_cross_entropy_gradient(np.inf, 1),
            losses.softmax_loss([1e4, 0], 0),
            losses.softmax_loss_gradient([1e4, 0], 0)[0],
            losses.entropy([1.0, 0.0]),
            losses.kl_divergence([1.0, 0.0], [1.0, 0.0]),
        ):
            assert zero == 0 and not np.signbit(zero)

    def test_float32_is_computed_with_as_float64_and_left_alone(self):
        logits = np.array([1, 2, 3], np.float32)
        assert losses.softmax(logits).dtype == np.float64
        losses.softmax_loss_gradient(logits, 0)
        losses.kl_divergence(losses.softmax(logits), losses.softmax(logits))
        assert logits.tolist() == [1, 2, 3]

    @pytest.mark.filterwarnings("error")
    def test_extremes_raise_no_warning(self):
        losses.sigmoid([1e308, -1e308, np.inf])
        losses.log_softmax([[1e308, -1e308], [np.inf, -np.inf]], 1e-300)
        losses.softmax_loss_gradient([1.0, 2.0], 0, 1e-320)
        losses.kl_divergence([1, 0, 0], [5e-324, 1, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.sigmoid(np.nan), "z must not contain nan"),
        (lambda: losses.sigmoid("1"), "z must be a real number"),
        (lambda: losses.sigmoid(1j), "z must be a real number"),
        (lambda: losses.sigmoid(None), "z must be a real number"),
        (lambda: losses.log_sigmoid([[1], [1, 2]]), "z must be a number or a rectangular array"),
        (lambda: losses.bernoulli_likelihood(1, 2), "y must be 0 or 1; got 2"),
        (lambda: losses.binary_cross_entropy([1, 2], [0, 0.5]), "y must be 0 or 1; got 0.5"),
        (lambda: losses.binary_cross_entropy(1, np.nan), "y must not contain nan"),
        (lambda: losses.squared_error(1, -1), "y must be 0 or 1; got -1"),
        (
            lambda: losses.binary_cross_entropy_gradient([1, 2, 3], [0, 1]),
            r"z and y must .*\(3,\) and \(2,\)",
        ),
        (lambda: losses.softmax(3.0), r"logits must have one class or more .* shape \(\)"),
        (lambda: losses.softmax([]), r"logits must have one class or more .* shape \(0,\)"),
        (lambda: losses.softmax([1, np.nan]), "logits must not contain nan"),
        (lambda: losses.softmax([np.inf, np.inf]), r"logits must not be \+inf .* no limit"),
        (lambda: losses.log_softmax([[1, 2], [-np.inf, -np.inf]]), "logits must not all be -inf: no limit"),
        (lambda: losses.softmax([1, 2], 0), "temperature must be one finite number above 0; got 0"),
        (lambda: losses.softmax([1, 2], -1.0), "temperature must be one finite number above 0; got -1"),
        (
            lambda: losses.log_softmax([1, 2], np.inf),
            "temperature must be one finite number above 0; got inf",
        ),
        (lambda: losses.log_softmax([1, 2], np.nan), "temperature must not contain nan"),
        (lambda: losses.log_softmax([1, 2], [1, 2]), "temperature must be one finite number"),
        (lambda: losses.softmax_loss([1, 2], 2), "label must be from 0 to 1 for 2 classes; got 2"),
        (lambda: losses.softmax_loss([1, 2], -1), "label must be from 0 to 1 for 2 classes; got -1"),
        (lambda: losses.softmax_loss([1, 2], 1.0), "label must be a whole number"),
        (lambda: losses.softmax_loss([1, 2], True), "label must be a whole number"),
        (lambda: losses.softmax_loss([1, 2], "cat"), "label must be a whole number"),
        (lambda: losses.softmax_loss(np.zeros((3, 10)), [1, 2]), r"label must .*\(3,\) and \(2,\)"),
        (
            lambda: losses.softmax_loss_gradient(np.zeros((3, 10)), [1, 10, 2]),
            "label must be from 0 to 9 .* got 10",
        ),
        (lambda: losses.entropy([0.5, 0.6]), "p must sum to 1 .* got the sum 1.1"),
        (lambda: losses.entropy([[1.0, 0.0], [0.5, 0.4]]), "p must sum to 1 .* got the sum 0.9"),
        (lambda: losses.entropy([1.5, -0.5]), "p must hold probabilities of 0 or more; got -0.5"),
        (lambda: losses.entropy([np.inf, 0]), "p must sum to 1"),
        (lambda: losses.entropy(1.0), "p must have one class or more"),
        (lambda: losses.cross_entropy([1.0], [np.nan]), "q must not contain nan"),
        (
            lambda: losses.cross_entropy([0.5, 0.5], [1.0]),
            "p and q must have equally many classes; got 2 and 1",
        ),
        (lambda: losses.kl_divergence([0.5, 0.5], [0.2, 0.2]), "q must sum to 1"),
        (lambda: losses.kl_divergence(np.eye(2), np.eye(3)), "equally many classes"),
        (
            lambda: losses.kl_divergence(np.full((2, 2), 0.5), np.full((3, 2), 0.5)),
            "p and q must have shapes",
        ),
        (lambda: losses.smooth_labels(3, 3, 0.1), "label must be from 0 to 2 for 3 classes; got 3"),
        (lambda: losses.smooth_labels(0, 0, 0.1), "classes must be one whole number, 1 or more; got 0"),
        (lambda: losses.smooth_labels(0, 2.0, 0.1), "classes must be a whole number"),
        (lambda: losses.smooth_labels(0, 2, 1.1), "smoothing must be one number from 0 to 1; got 1.1"),
        (lambda: losses.smooth_labels(0, 2, [0.1]), "smoothing must be one number from 0 to 1"),
    ],
)
def test_bad_input_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_weights_of_two_classes_act_only_through_their_difference():
    rng = np.random.default_rng(0)
    x, w, b, more = rng.normal(size=(50, 3)), rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=3)
    of_the_first = losses.softmax(x @ w.T + b)[:, 0]
    np.testing.assert_allclose(of_the_first, losses.sigmoid(x @ (w[0] - w[1]) + b[0] - b[1]))
    np.testing.assert_allclose(of_the_first, losses.softmax(x @ (w + more).T + b)[:, 0])
