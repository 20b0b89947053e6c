"""The same images are found in another copy of the data, and no others."""

import io

import numpy as np
from PIL import Image

from explorer.images.twins import fingerprints, twins


def photographs(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return images as smooth as photographs, and their labels."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (count, 5, 5, 3), np.uint8)
    images = [np.array(Image.fromarray(one).resize((32, 32), Image.Resampling.BICUBIC)) for one in coarse]
    return np.array(images), random.integers(0, 10, count)


def encoded(image: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file).convert("RGB"))


def test_a_fingerprint_is_the_mean_colour_of_each_quarter():
    image = np.zeros((1, 32, 32, 3), np.uint8)
    image[0, :16, :16] = (10, 20, 30)
    image[0, 16:, 16:] = (255, 0, 7)
    image[0, 16:, 24:] = (255, 0, 8)
    assert fingerprints(image).tolist() == [[10, 20, 30, 0, 0, 0, 0, 0, 0, 255, 0, 7.5]]


def test_shuffled_and_encoded_anew_they_are_all_found():
    images, labels = photographs(1500)
    order = np.random.default_rng(1).permutation(len(images))
    copy = np.array([encoded(image, 75) for image in images[order]])
    found = twins(fingerprints(images), labels, fingerprints(copy), labels[order])
    assert np.array_equal(order[found], np.arange(len(images)))


def test_in_the_same_order_they_are_found_even_if_two_are_alike():
    images, labels = photographs(20)
    images[1], labels[1] = images[0], labels[0]
    own = fingerprints(images)
    assert np.array_equal(twins(own, labels, own, labels), np.arange(20))


def test_two_that_are_alike_in_another_order_are_in_doubt():
    images, labels = photographs(20)
    images[1], labels[1] = images[0], labels[0]
    found = twins(fingerprints(images), labels, fingerprints(images[::-1]), labels[::-1])
    assert found.tolist() == [-1, -1, *range(17, -1, -1)]


def test_what_is_not_there_is_not_found():
    images, labels = photographs(1000)
    others, their_labels = photographs(1000, seed=2)
    assert (twins(fingerprints(images), labels, fingerprints(others), their_labels) == -1).all()
    half = twins(fingerprints(images), labels, fingerprints(images[500:]), labels[500:])
    assert np.array_equal(half, [*[-1] * 500, *range(500)])


def test_an_image_with_another_label_is_another_image():
    images, labels = photographs(20)
    own = fingerprints(images)
    assert (twins(own, labels, own, (labels + 1) % 10) == -1).all()
