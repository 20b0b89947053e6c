"""surfaces.py: every grid value is the one that losses.py gives for that point alone."""

import numpy as np
import pytest

from explorer.maths import losses, surfaces

LOGITS = [3.0, -1.0, 0.5, 2.0, -4.0]


def test_sigmoid_surface_has_x_along_its_columns_and_y_along_its_rows():
    surface = surfaces.sigmoid_surface(2.0, -0.5, 1.0, extent=(-4, 4), points=9)
    assert surface.z.shape == (9, 9) and surface.x[0] == -4 and surface.y[-1] == 4
    for i, j in [(0, 0), (0, 8), (3, 5), (8, 0)]:
        assert surface.z[i, j] == losses.sigmoid(2.0 * surface.x[j] - 0.5 * surface.y[i] + 1.0)


@pytest.mark.parametrize("temperature", [1.0, 0.1])
@pytest.mark.parametrize("axes", [(0, 3), (3, 0), (1, 2)])
def test_softmax_surface_moves_two_logits_and_leaves_the_others(axes, temperature):
    def at(surface, i, j):
        row = list(LOGITS)
        row[axes[0]], row[axes[1]] = surface.x[j], surface.y[i]
        return row

    options = {"axes": axes, "temperature": temperature, "extent": (-5, 5), "points": 7}
    loss = surfaces.softmax_surface(LOGITS, 3, quantity="loss", **options)
    probability = surfaces.softmax_surface(LOGITS, 3, quantity="probability", of_class=1, **options)
    gradient = surfaces.softmax_surface(LOGITS, 3, quantity="gradient", of_class=0, **options)
    own = surfaces.softmax_surface(LOGITS, 3, quantity="gradient", **options)
    for i, j in np.ndindex(7, 7):
        row = at(loss, i, j)
        assert loss.z[i, j] == pytest.approx(losses.softmax_loss(row, 3, temperature), rel=1e-14)
        assert probability.z[i, j] == pytest.approx(losses.softmax(row, temperature)[1], rel=1e-14)
        slope = losses.softmax_loss_gradient(row, 3, temperature)
        assert (gradient.z[i, j], own.z[i, j]) == pytest.approx((slope[0], slope[3]), rel=1e-14)


@pytest.mark.parametrize("quantity", ["loss", "probability", "gradient"])
def test_the_moving_point_lies_on_the_surface(quantity):
    surface = surfaces.softmax_surface(LOGITS, 1, axes=(3, 1), quantity=quantity, extent=(-3, 3), points=7)
    point = surfaces.softmax_quantity(LOGITS, 1, quantity)
    assert surface.x[5] == LOGITS[3] and surface.y[2] == LOGITS[1]
    assert surface.z[2, 5] == pytest.approx(point, rel=1e-14) and type(point) is np.float64


def test_gradient_surface_is_the_slope_of_the_loss_surface():
    options = {"axes": (0, 1), "extent": (-4, 4), "points": 401, "temperature": 2.0}
    loss = surfaces.softmax_surface(LOGITS, 1, **options)
    slope = surfaces.softmax_surface(LOGITS, 1, quantity="gradient", of_class=0, **options)
    numeric = np.gradient(loss.z, loss.x, axis=1)
    np.testing.assert_allclose(slope.z[:, 1:-1], numeric[:, 1:-1], atol=1e-4)


def test_an_impossible_class_makes_an_infinite_loss_everywhere():
    surface = surfaces.softmax_surface([0.0, 0.0, -np.inf], 2, points=5)
    assert np.isposinf(surface.z).all()


def test_two_class_surfaces_are_finite_and_meet_in_the_valley():
    result = surfaces.two_class_surfaces(points=21)
    p = result.cross_entropy.x
    assert p[0] > 0 and p[-1] < 1 and p[10] == 0.5
    assert np.isfinite(result.cross_entropy.z).all() and np.isfinite(result.kl_divergence.z).all()
    np.testing.assert_array_equal(np.diagonal(result.cross_entropy.z), result.valley)
    np.testing.assert_array_equal(np.diagonal(result.kl_divergence.z), 0)
    # Column by column (one p): the cross-entropy is the divergence raised by H(p), least at q = p.
    np.testing.assert_allclose(result.cross_entropy.z - result.kl_divergence.z, np.tile(result.valley, (21, 1)))
    np.testing.assert_array_equal(result.cross_entropy.z.argmin(axis=0), np.arange(21))
    expected = -p[3] * np.log(p[17]) - (1 - p[3]) * np.log(1 - p[17])
    assert result.cross_entropy.z[17, 3] == pytest.approx(expected, rel=1e-14)


def test_simplex_corners_are_the_one_hot_distributions():
    x, y = surfaces.simplex_xy(np.eye(3))
    np.testing.assert_allclose(np.hypot(x - np.roll(x, 1), y - np.roll(y, 1)), 1)
    centre = surfaces.simplex_xy([1 / 3, 1 / 3, 1 / 3])
    np.testing.assert_allclose(centre, (x.mean(), y.mean()))


def test_softmax_of_two_classes_and_the_sigmoid_of_the_difference_are_one_surface():
    result = surfaces.two_class_softmax_and_sigmoid(extent=(-30, 30), points=31)
    assert np.ptp(result.softmax.z) > 0.99
    assert np.abs(result.difference.z).max() < 1e-15
    np.testing.assert_array_equal(result.difference.z, result.softmax.z - result.sigmoid.z)
    assert result.sigmoid.z[0, -1] == losses.sigmoid(60) and result.sigmoid.z[-1, 0] == losses.sigmoid(-60)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: surfaces.sigmoid_surface(1, 1, 0, extent=(1, 1)), "extent must be two finite numbers"),
        (lambda: surfaces.sigmoid_surface(1, 1, 0, extent=(0, np.inf)), "extent must be two finite numbers"),
        (
            lambda: surfaces.sigmoid_surface(1, 1, 0, points=1),
            "points must be one whole number, 2 or more; got 1",
        ),
        (lambda: surfaces.sigmoid_surface(1, 1, 0, points=2.5), "points must be a whole number"),
        (
            lambda: surfaces.softmax_surface(LOGITS, 5),
            "label must be from 0 to 4 .* got 5",
        ),
        (lambda: surfaces.softmax_surface(LOGITS, [1, 2]), r"label must be one class; got \[1, 2\]"),
        (lambda: surfaces.sigmoid_surface("1", 1, 0), "w1 must be a real number"),
        (lambda: surfaces.softmax_surface(LOGITS, 1, of_class=9), "of_class must be from 0 to 4 .* got 9"),
        (lambda: surfaces.softmax_surface(LOGITS, 1, axes=(1, 1)), "axes must be two different classes"),
        (lambda: surfaces.softmax_surface(LOGITS, 1, axes=(1, 7)), "axes must be from 0 to 4 .* got 7"),
        (lambda: surfaces.softmax_surface([LOGITS], 1), "logits must be one row"),
        (lambda: surfaces.softmax_surface(LOGITS, 1, quantity="logit"), "quantity must be .* got 'logit'"),
        (lambda: surfaces.softmax_surface(LOGITS, 1, temperature=0), "temperature must be"),
        (lambda: surfaces.two_class_surfaces(0), "points must be"),
        (lambda: surfaces.simplex_xy([0.5, 0.5]), "q must have three classes; got 2"),
    ],
)
def test_bad_input_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
