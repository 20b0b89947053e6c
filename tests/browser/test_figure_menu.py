"""The menu of a figure in a real browser: what it saves is what the figure shows."""

import csv
from pathlib import Path

import numpy as np
import pytest

from explorer.maths.losses import sigmoid
from explorer.maths.surfaces import POINTS, sigmoid_surface


def saved(tab, what):
    figure = tab.locator(".xf").first
    figure.locator(".xf-more").click()
    with tab.expect_download() as download:
        figure.get_by_role("menuitem", name=what).click()
    return Path(download.value.path()).read_bytes()


def test_a_figure_is_saved_as_picture_drawing_numbers_and_code(visit):
    tab = visit("/logistic-regression?part=descent&view=contours")
    assert saved(tab, "PNG").startswith(b"\x89PNG")
    assert b"<svg" in saved(tab, "SVG")[:200]
    rows = list(csv.DictReader(saved(tab, "CSV").decode().splitlines()))
    surface = np.array([[float(row[name]) for name in "xyz"] for row in rows if row["trace"] == "J"])
    assert len(surface) > 100 and np.all(surface[:, 2] > 0), "the numbers are J, not the logarithm that is drawn"
    tab.locator(".xf-more").first.click()
    tab.get_by_role("menuitem", name="code").click()
    assert "import numpy" in tab.locator("dialog[open] pre").inner_text()
    tab.keyboard.press("Escape")
    assert tab.evaluate("() => document.activeElement.className") == "xf-more"


def test_what_is_not_drawn_is_not_among_the_numbers(visit):
    rows = list(csv.DictReader(saved(visit("/softmax?part=surface"), "CSV").decode().splitlines()))
    stem, mark = 2, 1
    assert len(rows) == POINTS**2 + stem + mark


HELD = "(node, value) => { node.value = value; node.dispatchEvent(new Event('input', { bubbles: true })); }"


@pytest.mark.parametrize("part", ["surface", "likelihood"])
def test_numbers_are_saved_as_they_are_drawn_while_a_slider_is_held(visit, part):
    tab = visit(f"/logistic-regression?part={part}&w1=1&w2=0&w0=0&w=1&b=0")
    frame = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    tab.locator(".xwb input[type=range]").first.evaluate(HELD, -2)
    tab.evaluate(frame)
    rows = list(csv.DictReader(saved(tab, "CSV").decode().splitlines()))
    assert "=-2" not in tab.url  # it is still held
    if part == "surface":
        expected = sigmoid_surface(-2, 0, 0, (-4, 4)).z
        z = np.array([float(row["z"]) for row in rows if row["trace"] == "σ(z)"]).reshape(POINTS, POINTS)
        np.testing.assert_allclose(z, expected, atol=1e-9)
    else:
        x, y = np.array([(float(row["x"]), float(row["y"])) for row in rows if row["trace"].startswith("σ(")]).T
        np.testing.assert_allclose(y, sigmoid(-2 * x), atol=1e-9)
