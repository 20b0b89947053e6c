"""The colours of the ten classes: each is known from the others, and cat and dog are no greys."""

import itertools

import numpy as np
import pytest

from explorer.figures.logistic import LABEL_COLOURS
from explorer.figures.theme import CLASS_COLOURS
from explorer.images.cifar10_classes import CIFAR10

# How linear RGB is seen without the cones for long or for medium wavelengths: Machado, Oliveira and Fernandes (2009),
# "A physiologically-based model for simulation of color vision deficiency", table 1, severity 1.
VISION = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
# From linear RGB to the cones' answers, and from their cube roots to lightness and two opponent colours: Oklab, by
# Ottosson (2020).
CONES = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
         [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
OPPONENTS = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
             [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip


def seen(colours, vision: str = "usual") -> np.ndarray:
    """Return lightness and two opponent colours, (n, 3), of colours such as "#3f90da"."""
    rgb = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.transpose(VISION[vision]), 0, None)
    return np.cbrt(linear @ np.transpose(CONES)) @ np.transpose(OPPONENTS)


def least_apart(colours, vision: str) -> float:
    points = seen(colours, vision)
    return min(np.linalg.norm(one - other) for one, other in itertools.combinations(points, 2))


@pytest.mark.parametrize("vision", VISION)
def test_every_two_classes_have_colours_apart(vision):
    assert len(set(CLASS_COLOURS)) == len(CIFAR10)
    assert least_apart(CLASS_COLOURS, vision) > 0.04


@pytest.mark.parametrize("vision", VISION)
def test_cat_and_dog_and_the_two_labels_are_far_apart(vision):
    pair = [CLASS_COLOURS[CIFAR10.index(name)] for name in ("cat", "dog")]
    assert least_apart(pair, vision) > 0.2
    assert least_apart(LABEL_COLOURS, vision) > 0.2


def test_cat_and_dog_and_the_first_classes_are_no_greys():
    chroma = dict(zip(CIFAR10, np.hypot(*seen(CLASS_COLOURS).T[1:]), strict=True))
    assert min(chroma[name] for name in ("cat", "dog", *CIFAR10[:4])) > 0.1
    assert min(chroma.values()) < 0.05, "the palette has greys"
