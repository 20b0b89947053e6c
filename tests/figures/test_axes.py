"""Logarithmic axes: every one has ticks, within a decade too, and counts are written with their thousands apart."""

import numpy as np
import pytest

from explorer.figures import logistic, results, softmax, theme
from explorer.maths.surfaces import Surface

TITLES = ("Epoch", "Loss")


def axes(drawn):
    return [axis for axis in (drawn.layout.xaxis, drawn.layout.yaxis) if axis.type == "log"]


@pytest.mark.parametrize(
    "drawn",
    [
        results.loss_figure([0, 1], [2.3, 1.4], [2.3, 1.5], ("this", "mean"), TITLES),
        results.temperature_figure([0.1, 10.0], [1.0, 2.0], (1.3, 0.9), TITLES),
        softmax.falling_figure([3.0, 2.0, 1.5], TITLES, logarithmic=True),
    ],
    ids=["loss", "temperature", "falling"],
)
def test_plotly_finds_the_ticks_of_a_logarithmic_axis(drawn):
    # A fixed distance, or fixed places, leave an axis without a label once only a part of it is seen.
    assert axes(drawn)
    for axis in axes(drawn):
        assert axis.dtick is None and axis.tickvals is None and axis.nticks == theme.LOG_AXIS["nticks"]


@pytest.mark.parametrize("low", [1e-12, 3e-3, 0.31, 0.97, 2.5, 40.0])
@pytest.mark.parametrize("ratio", [1.3, 3.0, 50.0, 1e6])
def test_a_scale_of_logarithms_has_at_least_two_round_numbers(low, ratio):
    ticks = theme.log_ticks(low, low * ratio)
    assert 2 <= len(ticks) <= 7
    assert (np.diff(np.log10(ticks)) >= np.log10(ratio) / 6.001 - 0.005).all()  # two digits move a tick that little
    assert low * (1 - 1e-9) <= ticks.min() and ticks.max() <= low * ratio * (1 + 1e-9)
    assert all(float(f"{tick:.2g}") == tick for tick in ticks)


def test_the_heights_of_contours_in_logarithms_are_named_whatever_the_range():
    axis = np.array([0.0, 1.0])
    for z in ([[0.42, 0.45], [0.47, 0.58]], [[30.0, 60.0], [90.0, 200.0]], [[1e-9, 1.0], [2.0, 30.0]]):
        bar = logistic._log_contours(Surface(axis, axis, np.array(z))).data[0].colorbar
        assert len(bar.tickvals) == len(bar.ticktext) >= 2
