"""The menu of a figure in a real browser: what it saves is what the figure shows."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from explorer.images.cifar10_classes import EXAMPLE
from explorer.maths.descent import descend
from explorer.maths.losses import sigmoid, softmax_loss, softmax_loss_gradient
from explorer.maths.surfaces import POINTS, sigmoid_surface
from explorer.runs.recorded import FOLDER


def saved(tab, what):
    figure = tab.locator(".xf").first
    figure.locator(".xfm-more").click()
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
    tab.locator(".xfm-more").first.click()
    tab.get_by_role("menuitem", name="code").click()
    assert "import numpy" in tab.locator("dialog[open] pre").inner_text()
    tab.keyboard.press("Escape")
    assert tab.evaluate("() => document.activeElement.className") == "xfm-more"


def test_what_is_not_drawn_is_not_among_the_numbers(visit):
    rows = list(csv.DictReader(saved(visit("/softmax?part=surface"), "CSV").decode().splitlines()))
    stem, mark = 2, 1
    assert len(rows) == POINTS**2 + stem + mark


def test_the_numbers_are_a_table_that_the_keyboard_walks_through_and_copies(tab, visit):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit("/softmax?part=descent&steps=3")
    figure = tab.locator(".xf").nth(1)
    figure.locator(".xfm-more").focus()
    tab.keyboard.press("Enter")
    figure.get_by_role("menuitem", name="Table").focus()
    tab.keyboard.press("Enter")
    focused = "() => document.activeElement.textContent"
    assert tab.locator("dialog[open] caption").inner_text() == figure.locator("[role=img]").get_attribute("aria-label")
    assert tab.locator("dialog[open] th").all_inner_texts() == ["Series", "Step", "Loss L (nats)"]
    assert tab.evaluate(focused) == "Series"
    path = descend(lambda z: softmax_loss_gradient(z, 3), EXAMPLE, 1.0, 3)
    expected = softmax_loss(path, 3)
    for key, text in (
        ("ArrowDown", "Loss L (nats)"),
        ("End", f"{expected[0]:.6g}"),
        ("ArrowDown", f"{expected[1]:.6g}"),
    ):
        tab.keyboard.press(key)
        assert tab.evaluate(focused) == text
    tab.keyboard.press("Control+End")
    assert tab.evaluate(focused) == f"{expected[3]:.6g}"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    rows = tab.evaluate("() => navigator.clipboard.readText()").splitlines()
    assert [float(row.split("\t")[2]) for row in rows[1:]] == pytest.approx(expected, rel=1e-12)
    tab.keyboard.press("Escape")
    assert tab.evaluate("() => document.activeElement.className") == "xfm-more"


def test_a_surface_is_a_table_of_its_three_axes(visit):
    tab = visit("/softmax?part=surface")
    tab.locator(".xfm-more").first.click()
    tab.get_by_role("menuitem", name="Table").click()
    assert tab.locator("dialog[open] th").all_inner_texts()[1:] == ["f(cat)", "f(dog)", "L"]
    assert tab.locator("dialog[open] tbody tr").count() == POINTS**2 + 3


def test_a_table_tells_what_a_colour_means_and_names_no_series_that_has_no_name(visit):
    tab = visit("/softmax-or-sigmoid?part=plane")
    tab.locator(".xfm-more").first.click()
    tab.get_by_role("menuitem", name="Table").click()
    first = tab.locator("dialog[open] tbody tr").first.locator("td").all_inner_texts()
    names = tab.evaluate("document.querySelector('.js-plotly-plot').data.map(({ name }) => name).filter(Boolean)")
    assert first[0] == "" and first[3] in names
    tab = visit("/cross-entropy?part=claim")
    tab.locator(".xfm-more").nth(1).click()
    tab.get_by_role("menuitem", name="Table").click()
    assert tab.locator("dialog[open] td").first.inner_text() == "qk − pk"


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


def test_the_chart_of_a_training_is_a_table_like_any_figure(visit):
    tab = visit("/train?run=synthetic&view=accuracy&x=epoch")
    chart = tab.locator(".xrm-place")
    chart.locator(".xfm-more").wait_for()  # with the first drawing
    chart.locator(".xfm-more").press("Enter")
    assert chart.get_by_role("menuitem").all_inner_texts() == [
        "Image (PNG)",
        "Vector graphic (SVG)",
        "Data (CSV)",
        "Table",
    ]
    chart.get_by_role("menuitem", name="Table").press("Enter")
    assert tab.locator("dialog[open] caption").inner_text() == chart.locator("[role=img]").get_attribute("aria-label")
    assert tab.locator("dialog[open] th").all_inner_texts() == ["Series", "epoch", "Test accuracy"]
    events = [json.loads(line) for line in (FOLDER / "synthetic" / "events.jsonl").read_text("utf-8").splitlines()]
    accuracy = [event["test_accuracy"] for event in events if event["event"] == "epoch"]
    rows = [row.split("\t") for row in tab.locator("dialog[open] tbody tr").all_inner_texts()]
    assert [(float(x), float(y)) for _, x, y in rows] == list(enumerate(float(f"{share:.6g}") for share in accuracy))
    tab.keyboard.press("Control+End")
    assert tab.evaluate("() => document.activeElement.textContent") == f"{accuracy[-1]:.6g}"
    tab.keyboard.press("Escape")
    assert tab.evaluate("() => document.activeElement.className") == "xfm-more"


def test_of_compared_runs_every_row_of_the_table_says_which_it_is_of(visit):
    tab = visit("/train?compare=synthetic,cifar10-softmax&view=loss")
    chart = tab.locator(".xrm-place")
    chart.locator(".xfm-more").click()
    chart.get_by_role("menuitem", name="Table").click()
    named = tab.locator("dialog[open] tbody tr td:first-child").all_inner_texts()
    assert len(set(named)) == 4 and "" not in named
