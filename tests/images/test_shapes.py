"""The drawn shapes, and the sheet of them with which a browser trains."""

import io

import numpy as np
from PIL import Image

from explorer.images import shapes


def test_the_sheet_shows_images_of_the_training_program_class_by_class():
    images, labels = shapes.for_the_sheet()
    assert images.shape == (50, 50, 32, 32, 3)
    assert labels[:40].ravel().tolist() == np.repeat(np.arange(10), 200).tolist()
    assert labels[40:].ravel().tolist() == np.repeat(np.arange(10), 50).tolist()
    train_images, train_labels, test_images, test_labels = shapes.data_set(0)
    for label in range(10):
        train, test = train_images[train_labels == label][:200], test_images[test_labels == label][:50]
        np.testing.assert_array_equal(images[4 * label : 4 * label + 4].reshape(train.shape), train)
        np.testing.assert_array_equal(images[40 + label], test)


def test_the_sheet_is_small_and_little_is_lost():
    packed = shapes.sheet()
    assert len(packed) < 2_000_000
    with Image.open(io.BytesIO(packed)) as sheet:
        assert sheet.size == (1600, 1600)
        found = np.asarray(sheet).reshape(50, 32, 50, 32, 3).transpose(0, 2, 1, 3, 4)
    exact = shapes.for_the_sheet()[0].astype(float)
    assert np.abs(found - exact).mean() < 11
    # What differs is noise, not the shape: means of 4 × 4 pixels are nearly equal.
    coarse = [images.reshape(50, 50, 8, 4, 8, 4, 3).mean((3, 5)) for images in (found.astype(float), exact)]
    assert np.abs(np.subtract(*coarse)).mean() < 2
