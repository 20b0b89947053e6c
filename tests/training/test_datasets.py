"""Drawn pictures, and fewer of them."""

import numpy as np
import pytest

from explorer.images.shapes import SHAPES
from explorer.protocol import options, recipes
from explorer.protocol.errors import Failure
from explorer.training import datasets


def load(progress, *arguments):
    return datasets.load(recipes.complete(options.parse(["--dataset", "synthetic", *arguments])), progress)


@pytest.fixture(scope="module")
def whole():
    from explorer.training.control import Control
    from explorer.training.report import Progress

    return load(Progress(Control()))


def test_every_class_has_as_many_images(whole):
    assert whole.classes == tuple(SHAPES)
    assert whole.train_images.shape == (10_000, 32, 32, 3) and whole.test_images.shape == (2_000, 32, 32, 3)
    assert np.bincount(np.concatenate([whole.train_labels, whole.test_labels])).tolist() == [1200] * 10


def test_the_same_seed_draws_the_same_and_another_does_not(whole, progress):
    again, other = load(progress), load(progress, "--seed", "1")
    assert np.array_equal(again.train_images, whole.train_images)
    assert np.array_equal(again.test_labels, whole.test_labels)
    assert not np.array_equal(other.train_images, whole.train_images)


def test_twenty_training_images_are_two_of_each_class(whole, progress):
    few = load(progress, "--train-size", "20")
    assert np.bincount(few.train_labels).tolist() == [2] * 10
    assert len(few.test_labels) == 2_000
    kept = {image.tobytes() for image in few.train_images}
    assert len(kept) == 20
    of_class = {image.tobytes(): label for image, label in zip(whole.train_images, whole.train_labels, strict=True)}
    assert [of_class[image.tobytes()] for image in few.train_images] == few.train_labels.tolist()


def test_a_number_that_does_not_divide_is_spread_as_evenly_as_can_be(progress):
    counts = np.bincount(load(progress, "--train-size", "25").train_labels)
    assert sorted(counts) == [2] * 5 + [3] * 5


def test_more_images_than_there_are_is_a_failure(progress):
    with pytest.raises(Failure) as error:
        load(progress, "--train-size", "10001")
    assert error.value.code == "train-size" and "10000" in str(error.value)


def test_shuffled_labels_are_the_same_labels_on_other_images(whole, progress):
    shuffled = load(progress, "--shuffle-labels")
    assert np.array_equal(shuffled.train_images, whole.train_images)
    assert np.array_equal(np.bincount(shuffled.train_labels), np.bincount(whole.train_labels))
    assert np.mean(shuffled.train_labels == whole.train_labels) < 0.13
    assert np.array_equal(shuffled.test_labels, whole.test_labels)
