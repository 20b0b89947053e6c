"""The figures of drawn samples: what a long run is thinned to, and what becomes of an infinite cost."""

import re

import numpy as np
import pytest

from explorer.figures.sampling import frequencies_figure, running_mean_figure

NAMES, TITLES = ("so far", "expected", "band", "infinite"), ("n", "cost")


def drawn(means, mean=1.0, deviation=0.5):
    return {trace.name: trace for trace in running_mean_figure(np.array(means), mean, deviation, NAMES, TITLES).data}


@pytest.mark.parametrize("n", [1, 2, 99, 100, 101, 5000, 100_000])
def test_a_long_run_is_drawn_in_few_places_with_its_beginning_and_its_end(n):
    means = 1 + np.sin(np.arange(n))
    line = drawn(means)["so far"]
    assert line.x[0] == 1 and line.x[-1] == n and len(line.x) <= 1100
    np.testing.assert_array_equal(line.y, means[np.array(line.x) - 1])
    assert list(line.x[: min(n, 100)]) == list(range(1, min(n, 100) + 1))


def test_the_band_is_two_deviations_of_the_mean_on_either_side():
    band = drawn([1.2], mean=1.5, deviation=0.5)["band"]
    x, y = np.array(band.x), np.array(band.y)
    assert np.abs(y - 1.5) == pytest.approx(1 / np.sqrt(x))
    assert len(set(np.sign(y - 1.5))) == 2


def test_where_the_mean_becomes_infinite_it_goes_up_along_a_line_and_nothing_is_expected():
    traces = drawn([0.5, 0.7, np.inf, np.inf], mean=np.inf, deviation=np.inf)
    assert traces.keys() == {"so far", "infinite"}
    assert list(traces["so far"].y) == [0.5, 0.7] and list(traces["infinite"].x) == [3, 3]
    assert drawn([0.5, 0.7], np.inf, np.inf).keys() == {"so far"}


def test_nothing_drawn_leaves_what_is_expected():
    assert len(drawn([])["so far"].x) == 0 and list(drawn([])["expected"].y) == [1.0, 1.0]


def test_the_class_that_came_last_is_framed_and_no_other():
    def frames(last):
        _, bars, _ = frequencies_figure([0.5, 0.5], [0.3, 0.7], ["a", "b"], ["1", "1"], last, ("p", "f", "bits")).data
        return list(bars.marker.line.width)

    assert frames(1) == [0, 3] and frames(None) == [0, 0]


def test_the_frequencies_are_named_in_the_colours_of_their_bars_not_in_one_of_them():
    ten = [0.1] * 10
    shown = frequencies_figure(ten, ten, list("abcdefghij"), ["1"] * 10, 3, ("p", "Frequency", "length"))
    (key,) = [note.text for note in shown.layout.annotations if "Frequency" in note.text]
    p, *some = re.findall("#[0-9a-f]{6}", key)
    assert not shown.layout.showlegend and p == shown.data[0].marker.color
    assert len(some) > 1 and set(some) <= set(shown.data[1].marker.color)
