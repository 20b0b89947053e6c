"""The figures on softmax or sigmoid: what their traces hold."""

import numpy as np
import pytest

from explorer.figures.softmax_or_sigmoid import STRIPE, losses_figure, probabilities_figure, regions_figure, striped


def test_a_cell_shows_its_class_and_alternates_between_several():
    named = np.zeros((20, 20, 3))
    named[:5, :, 1] = 1  # one class
    named[5:15, :, [0, 2]] = 1  # two classes
    shown = striped(named)
    assert (shown[:5] == 2).all()
    assert set(np.unique(shown[5:15])) == {1, 3}
    assert (shown[6, STRIPE:] != shown[6, :-STRIPE]).all()
    assert (shown[15:] == 0).all()


def test_regions_hold_the_probabilities_in_percent_and_every_point_once():
    axis = np.linspace(-1, 1, 5)
    probabilities = np.random.default_rng(0).uniform(size=(5, 5, 3))
    points = np.arange(8.0).reshape(4, 2)
    labels = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 1, 0]])
    drawn = regions_figure(
        axis,
        np.ones((5, 5, 3)),
        probabilities,
        points,
        labels,
        ["a", "b", "c"],
        [points],
        own_boundary=True,
        title="sigmoids",
    )
    heatmap, line, *markers = drawn.data
    np.testing.assert_allclose(heatmap.customdata, 100 * probabilities, atol=0.5)
    np.testing.assert_array_equal(np.column_stack([line.x, line.y]), points)
    assert {trace.name: len(trace.x) for trace in markers} == {"a": 1, "b": 1, "a + b": 2}


@pytest.mark.parametrize("floor", [0.0, np.log(2)])
def test_the_losses_are_drawn_with_a_floor_only_where_there_is_one(floor):
    falling = np.linspace(2, 1, 11)
    drawn = losses_figure({"softmax": falling, "sigmoids": falling / 2}, floor, "loss", "ln 2")
    assert [trace.name for trace in drawn.data] == ["softmax", "sigmoids"]
    np.testing.assert_array_equal(drawn.data[0].y, falling)
    assert [shape.y0 for shape in drawn.layout.shapes] == ([floor] if floor else [])
    assert len(losses_figure({"softmax": None, "sigmoids": falling}, 0.0, "loss", "").data) == 1


def test_lines_of_true_classes_that_lie_on_each_other_stay_visible():
    drawn = probabilities_figure(np.full((4, 4), 0.25), [True, False, True, True], list("abcd"), "softmax")
    first, other, second, third = (trace.line.width for trace in drawn.data)
    assert first > second > third > other
