"""A surface is told from the page it stands on, and its point from the surface."""

import numpy as np
import pytest

from explorer.figures.surface import surface_figure
from explorer.figures.theme import SEQUENTIAL
from explorer.maths.surfaces import Surface

GROUNDS = {"light": "#ffffff", "dark": "#14161c"}  # .streamlit/config.toml
AXIS = np.array([0.0, 1.0])
BOWL = Surface(AXIS, AXIS, np.array([[0.0, 1.0], [2.0, 4.0]]))


def luminance(colour: str) -> float:
    """Relative luminance of a colour (WCAG 2.2)."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("ground", GROUNDS)
def test_both_ends_of_the_heights_stand_out_from_the_page(ground):
    for _, colour in (SEQUENTIAL[0], SEQUENTIAL[-1]):
        dark, light = sorted((luminance(colour), luminance(GROUNDS[ground])))
        assert (light + 0.05) / (dark + 0.05) > 1.7


def test_the_heights_grow_lighter_in_even_steps():
    lightness = [116 * luminance(colour) ** (1 / 3) - 16 for _, colour in SEQUENTIAL]
    steps = np.diff(lightness)
    assert steps.min() > 0 and steps.max() < 1.2 * steps.min()


@pytest.mark.parametrize("z_range", [None, (0.0, 6.0)])
def test_the_point_has_a_light_ring_and_a_line_to_the_floor_of_its_scene(z_range):
    drawn = surface_figure(BOWL, ("a", "b", "L"), point=(0.5, 0.25, 2.0), z_range=z_range)
    stem, mark = drawn.data[1:3]
    assert luminance(mark.marker.line.color) > 0.9 > 10 * luminance(mark.marker.color)
    assert list(stem.x) == [0.5, 0.5] and list(stem.y) == [0.25, 0.25]
    assert list(stem.z) == [drawn.layout.scene.zaxis.range[0], 2.0]
    assert list(mark.z) == [2.0]


def test_a_slope_is_seen_from_the_corner_that_it_falls_to():
    axis = np.linspace(-1.0, 1.0, 3)
    x, y = np.meshgrid(axis, axis)
    falls = surface_figure(Surface(axis, axis, y - 9 * x), ("x", "y", "z"), corner=(True, False))
    eye = falls.layout.scene.camera.eye
    towards = np.array([eye.x, eye.y, eye.z])
    normal = np.array([9.0, -1.0, 1.0])  # of the plane, upwards
    assert towards @ normal > 0.5 * np.linalg.norm(towards) * np.linalg.norm(normal)
