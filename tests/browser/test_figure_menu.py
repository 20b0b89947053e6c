"""The menu of a figure in a real browser: what it saves is what the figure shows."""

import csv
from pathlib import Path

import numpy as np

from explorer.maths.surfaces import POINTS


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
