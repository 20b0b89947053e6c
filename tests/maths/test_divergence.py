"""divergence.py, against scipy: its optimisers, its distances, and the definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr, softmax
from scipy.stats import entropy, norm

from explorer.maths import divergence
from explorer.maths.descent import descend
from explorer.maths.surfaces import simplex_xy

LOGITS = arrays(np.float64, 6, elements=st.floats(-15, 15))
LINE = np.linspace(-20, 20, 801)


@given(LOGITS, LOGITS)
def test_the_symmetric_divergence_is_scipys_distance_squared(f, g):
    p, q = softmax(f), softmax(g)
    found = divergence.jensen_shannon_divergence(p, q)
    assert found == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)
    assert found == divergence.jensen_shannon_divergence(q, p) and 0 <= found <= np.log(2) + 1e-15


@given(LOGITS, LOGITS, st.integers(0, 5))
def test_along_a_logit_both_losses_are_the_entropy_apart_and_equally_steep(f, g, k):
    p = softmax(g)
    line = divergence.logit_line(p, f, k, points=9)
    np.testing.assert_allclose(line.cross_entropy - line.kl_divergence, entropy(p), atol=1e-11)
    row = f.copy()
    row[k] = line.f[3]
    assert line.kl_divergence[3] == pytest.approx(rel_entr(p, softmax(row)).sum(), abs=1e-11)
    np.testing.assert_allclose(line.cross_entropy_slope, line.gradient, atol=1e-7)
    np.testing.assert_allclose(line.kl_divergence_slope, line.gradient, atol=1e-7)


def test_descent_ends_where_the_prediction_is_the_target():
    p = np.array([0.6, 0.3, 0.1])
    path = descend(lambda f: softmax(f) - p, [-3, 0, 2], rate=1, steps=400)
    assert path.shape == (401, 3) and path[0].tolist() == [-3, 0, 2]
    np.testing.assert_allclose(softmax(path[-1]), p, atol=1e-10)
    assert (np.diff(rel_entr(p, softmax(path, axis=1)).sum(axis=1)) <= 1e-15).all()


@pytest.mark.parametrize("p", [(0.6, 0.3, 0.1), (1 / 3, 1 / 3, 1 / 3), (0.5, 0.5, 0), (0, 1, 0)])
@pytest.mark.parametrize("level", [0.05, 1.0, 4.0])
def test_a_level_set_ends_at_its_level_or_at_the_edge(p, level):
    q = divergence.level_sets(p, [0.3, level], rays=90)[1]
    values = rel_entr(p, q).sum(axis=1)
    at_edge = q.min(axis=1) < 1e-9
    assert (values <= level + 1e-9).all() and (np.abs(values - level) < 1e-9)[~at_edge].all()
    assert (np.abs(values - level) < 1e-9).any()
    np.testing.assert_allclose(q.sum(axis=1), 1, atol=1e-12)


def test_the_rays_of_a_level_set_leave_at_equal_angles():
    p = np.array([0.5, 0.3, 0.2])
    x, y = simplex_xy(divergence.level_sets(p, [0.01], rays=8)[0]) - np.array(simplex_xy(p))[:, np.newaxis]
    np.testing.assert_allclose(np.unwrap(np.arctan2(y, x)), np.linspace(0, 2 * np.pi, 9), atol=1e-9)


def test_a_level_set_is_of_three_classes():
    with pytest.raises(ValueError, match="three classes"):
        divergence.level_sets([0.5, 0.5], [1.0])


# --- One hump for two ------------------------------------------------------------------------------------


def test_the_humps_are_normal_densities():
    width = LINE[1] - LINE[0]
    np.testing.assert_allclose(np.exp(divergence.log_hump(LINE, 1.0, 2.0)) / width, norm.pdf(LINE, 1, 2), atol=1e-12)
    two = 0.3 * norm.pdf(LINE, -2, 1) + 0.7 * norm.pdf(LINE, 2, 1)
    np.testing.assert_allclose(np.exp(divergence.log_two_humps(LINE, 4, 0.3)) / width, two, atol=1e-12)


def by_scipy(log_p, reverse, start):
    """Minimise the divergence as defined, by a method that knows nothing of its gradient."""
    p = np.exp(log_p)

    def loss(theta):
        q = norm.pdf(LINE, theta[0], np.exp(theta[1]))
        q = q / q.sum()
        return rel_entr(q, p).sum() if reverse else rel_entr(p, q).sum()

    options = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 2000}
    found = minimize(loss, start, method="Nelder-Mead", options=options)
    return found.x[0], np.exp(found.x[1]), found.fun


@pytest.mark.parametrize("gap, share", [(6, 0.6), (6, 0.5), (2, 0.5), (8, 0.3), (3, 0.9)])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_fit_is_a_minimum_by_scipy_too(gap, share, reverse):
    log_p = divergence.log_two_humps(LINE, gap, share)
    fit = divergence.fit_hump(log_p, LINE, reverse, mean=-1.0)
    # From where the descent ended: another way down is as good as none.
    mean, deviation, least = by_scipy(log_p, reverse, [fit.mean + 0.02, np.log(fit.deviation) + 0.02])
    assert (fit.mean, fit.deviation) == pytest.approx((mean, deviation), abs=1e-5)
    assert fit.path[-1] == pytest.approx(least, abs=1e-9)
    assert (np.diff(fit.path) < 0).all()


@pytest.mark.parametrize("start", [-5.0, 0.0, 4.0])
def test_the_forward_fit_has_the_mean_and_the_deviation_of_p_from_every_start(start):
    log_p = divergence.log_two_humps(LINE, 6, 0.6)
    fit = divergence.fit_hump(log_p, LINE, reverse=False, mean=start)
    mean = np.exp(log_p) @ LINE
    assert fit.mean == pytest.approx(mean, abs=1e-4)
    assert fit.deviation == pytest.approx(np.sqrt(np.exp(log_p) @ (LINE - mean) ** 2), abs=1e-3)


def test_the_reverse_fit_keeps_to_the_hump_where_it_starts():
    log_p = divergence.log_two_humps(LINE, 6, 0.6)
    left, right = (divergence.fit_hump(log_p, LINE, True, mean=start) for start in (-2.0, 2.0))
    assert left.mean == pytest.approx(-3, abs=0.1) and right.mean == pytest.approx(3, abs=0.1)
    assert left.path[-1] < right.path[-1]
    assert left.path[-1] == pytest.approx(-np.log(0.6), abs=0.02)  # q stands on one hump, where p = 0.6 q
