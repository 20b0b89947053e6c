"""A picture, what can be done to it, and its ten sums (E4)."""

import numpy as np
import pytest

from explorer.components.image_board import Paint
from explorer.images import templates

GENERATOR = np.random.default_rng(0)
PICTURE = GENERATOR.uniform(size=(32, 32, 3))


def test_what_is_shipped_is_small_and_whole():
    weights, bias, pictures = templates.load()
    assert weights.shape == (10, 3072) and bias.shape == (10,) and pictures.shape == (10, 32, 32, 3)
    assert np.isfinite(weights).all() and 0 <= pictures.min() < pictures.max() <= 1
    assert sum(path.stat().st_size for path in templates.FOLDER.glob("*.npy")) < 100_000


def test_the_templates_recognise_the_images_beside_them():
    _, _, pictures = templates.load()
    assert [int(templates.logits(picture).argmax()) for picture in pictures] == list(range(10))


def test_an_image_left_alone_is_the_image():
    np.testing.assert_array_equal(templates.altered(PICTURE), PICTURE)


def test_a_shift_moves_the_inside_and_repeats_the_edge():
    moved = templates.altered(PICTURE, right=3, down=-2)
    np.testing.assert_array_equal(moved[:-2, 3:], PICTURE[2:, :-3])
    np.testing.assert_array_equal(moved[-1], moved[-3])
    np.testing.assert_array_equal(moved[:, 0], moved[:, 3])


def test_an_inverted_image_inverted_again_is_the_image():
    np.testing.assert_allclose(templates.altered(templates.altered(PICTURE, inverted=True), inverted=True), PICTURE)


def test_lighter_stays_within_black_and_white():
    assert templates.altered(PICTURE, light=0.5).max() == 1
    assert templates.altered(PICTURE, light=-0.5).min() == 0


def test_paint_covers_its_pixels_whatever_was_done_before():
    painted = templates.altered(PICTURE, right=2, down=1, inverted=True, paint="33.2w1m")
    plain = templates.altered(PICTURE, right=2, down=1, inverted=True)
    assert (painted[1, 1:3] == 1).all()
    border = np.ones((32, 32), bool)
    border[1:-1, 1:-1] = False
    np.testing.assert_allclose(painted[1, 3], plain[border].mean(axis=0))
    same = np.ones((32, 32), bool)
    same[1, 1:4] = False
    np.testing.assert_array_equal(painted[same], plain[same])


@pytest.mark.parametrize("paint", ["k", "3", "0k", "3x", "1024k1w", "3k ", "-1k", "99999k"])
def test_what_is_no_paint_is_refused(paint):
    with pytest.raises(ValueError, match="paint must"):
        templates.unpack(paint)
    with pytest.raises(ValueError):
        Paint().parse(paint)


def test_the_logits_of_darkness_are_the_biases():
    _, bias, _ = templates.load()
    np.testing.assert_array_equal(templates.logits(np.zeros((32, 32, 3))), bias)
