"""The page on logistic regression in a real browser: the boards' arithmetic, drags, the steps of a descent."""

import json

import numpy as np
import pytest
from scipy.special import expit, log_expit

from explorer.maths import logistic
from explorer.shell.numbers import number

# The line that stands in for a trace of the figure, and where it goes.
PATH = "(i) => document.querySelectorAll('.xf')[0].querySelectorAll('.scatterlayer > path')[i]?.getAttribute('d')"


@pytest.fixture(scope="module")
def model(modules):
    """Return a function that computes in the browser what the weights board shows and publishes."""

    def model(samples, theta):
        script = """async ([samples, theta]) => {
            const { model } = await import("http://explorer.test/weights_board/model.js");
            return JSON.stringify(model(samples)(theta));
        }"""
        return json.loads(modules.evaluate(script, [samples, theta]))

    return model


@pytest.mark.parametrize("theta", [[0.0, 0.0], [1.5, -0.3], [-4.0, 6.0]])
def test_E3_the_board_computes_the_likelihood_that_python_computes(model, theta):
    x, y = logistic.toy_data("overlapping", 700, 1)
    grid = [-2.0, 0.5, 3.0]
    shown = model({"x": x.tolist(), "y": y.tolist(), "grid": grid, "l2": 0.3, "few": True}, theta)
    terms = logistic.likelihood_terms(theta, x, y)
    product = np.cumprod(terms)
    assert shown["likelihood"] == pytest.approx(product[-1], rel=1e-9)
    assert shown["log_likelihood"] == pytest.approx(logistic.log_likelihood(theta, x, y))
    assert shown["loss"] == pytest.approx(logistic.loss(theta, x, y, 0.3))
    assert shown["underflow"] == (np.count_nonzero(product) + 1) * (product[-1] == 0)
    assert shown["right"] == ((logistic.scores(theta, x) > 0) == y).sum()
    assert shown["curve"] == pytest.approx(expit(theta[0] * np.array(grid) + theta[1]))
    lengths = [abs(end - start) for label in "01" for start, end in _pairs(shown[f"bars{label}"])]
    assert lengths == pytest.approx(np.concatenate([terms[y == 0], terms[y == 1]]), abs=1e-12)
    assert [value is None for value in shown["log_product"]] == (product == 0).tolist()


def test_E1_the_board_computes_the_surface_that_python_computes(model):
    x, y = logistic.toy_data("overlapping", 20, 1, features=2)
    shown = model({"x": x.tolist(), "y": y.tolist(), "grid": [-1.0, 2.0], "l2": 0, "few": True}, [1.0, -0.5, 0.25])
    x1, x2 = np.meshgrid([-1.0, 2.0], [-1.0, 2.0])
    np.testing.assert_allclose(shown["surface"], expit(x1 - 0.5 * x2 + 0.25), rtol=1e-12)
    lengths = [abs(end - start) for label in "01" for start, end in _pairs(shown[f"bars{label}"])]
    errors = np.abs(expit(logistic.scores([1.0, -0.5, 0.25], x)) - y)
    assert lengths == pytest.approx(np.concatenate([errors[y == 0], errors[y == 1]]), abs=1e-12)


def _pairs(bars):
    assert bars[2::3] == [None] * (len(bars) // 3)
    return zip(bars[::3], bars[1::3], strict=True)


def open_with(visit, path, drawn, count):
    """Open a path of the page, and wait until as many elements `drawn` are there."""
    tab = visit(f"/logistic-regression?{path}")
    tab.wait_for_function("([what, n]) => document.querySelectorAll(what).length === n", arg=[drawn, count])
    return tab


def take(tab, slider, dx):
    """Take a slider with the mouse and move it by `dx` pixels without letting go; return its value."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    low, high, value = (
        float(text) for text in (slider.get_attribute("min"), slider.get_attribute("max"), slider.input_value())
    )
    x = box["x"] + 9 + (box["width"] - 18) * (value - low) / (high - low)
    y = box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    for step in range(1, 11):
        tab.mouse.move(x + dx * step / 10, y)
    return float(slider.input_value())


def test_E2_the_board_and_the_points_move_before_the_release(visit):
    tab = open_with(visit, "z=1&y=0", ".xf-follower", 3)
    place = "() => [...document.querySelectorAll('.xf-follower')].map((point) => point.getAttribute('transform'))"
    before = tab.evaluate(place)
    assert len(before) == 3
    z = take(tab, tab.locator(".xlg input[type=range]"), -120)
    assert z < 0
    p = number(expit(-z))
    tab.wait_for_function(
        "(p) => document.querySelector('.xlg-probability:nth-of-type(2)').textContent.endsWith(p)", arg=p
    )
    assert number(-log_expit(-z)) in tab.locator(".xlg-loss").text_content()
    assert number(expit(z)) in tab.locator(".xlg-gradient").text_content()
    assert all(one != other for one, other in zip(before, tab.evaluate(place), strict=True))
    assert "z=1" in tab.url
    tab.mouse.up()
    tab.wait_for_url(f"**z={z:g}**")


def test_E3_curve_and_bars_move_before_the_release_and_stay_after_it(visit):
    tab = open_with(visit, "part=likelihood&m=25", ".scatterlayer > path", 5)
    before = [tab.evaluate(PATH, i) for i in range(3)]
    w = take(tab, tab.locator(".xwb input[type=range]").first, 80)
    x, y = _first_samples(25)
    loss = number(logistic.loss([w, 2.0], x, y))
    tab.wait_for_function("(loss) => document.querySelector('.xwb-loss').textContent.endsWith(loss)", arg=loss)
    moved = [tab.evaluate(PATH, i) for i in range(3)]
    assert all(one != other for one, other in zip(before, moved, strict=True))
    assert "w=" not in tab.url
    drawn = tab.locator(".xf").first.get_attribute("data-drawn")
    tab.mouse.up()
    tab.wait_for_url(f"**w={w:g}**")
    tab.wait_for_function("(drawn) => document.querySelector('.xf').dataset.drawn !== drawn", arg=drawn)
    assert [tab.evaluate(PATH, i) for i in range(3)] == moved


def test_other_samples_are_drawn_without_a_trace_of_the_former_ones(visit):
    tab = open_with(visit, "part=likelihood&m=25", ".scatterlayer > path", 5)
    former = tab.evaluate(PATH, 0)
    tab.get_by_role("combobox", name="Toy data").click()
    tab.get_by_role("option", name="Separable").click()
    tab.wait_for_url("**data=separable**")
    tab.wait_for_function(f"(former) => ({PATH})(0) !== former", arg=former)
    bars = tab.evaluate(PATH, 0).count("M") + tab.evaluate(PATH, 1).count("M")
    assert bars == 25


def test_E1_the_surface_turns_before_the_release(visit):
    tab = open_with(visit, "part=surface", ".xf[data-drawn]", 1)
    corner = "() => document.querySelector('.xf .js-plotly-plot')._fullData[0].z[0][0]"
    first = take(tab, tab.locator(".xwb input[type=range]").first, 30)
    tab.wait_for_function(f"(expected) => Math.abs(({corner})() - expected) < 1e-9", arg=expit(-4 * first - 4 * 0.5))
    tab.mouse.up()


def test_E6_label_samples_and_steps_of_a_descent_are_chosen_by_keyboard_alone(visit, reach):
    tab = open_with(visit, "y=1", ".xlg-observed", 1)
    reach("The observed label is 0")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**y=0*")
    tab = open_with(visit, "part=descent&steps=0", ".xf[data-drawn]", 2)
    reach("Samples m")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url("**m=41*")
    reach("Gradient +10")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**steps=10**")
    x, y = _first_samples(41)
    w, b = logistic.gradient_descent([0.5, 2.0], x, y, 1.0, 10)[-1]
    tab.get_by_text(f"w = {number(w, 3)}, b = {number(b, 3)}").first.wait_for()


def _first_samples(m):
    x, y = logistic.toy_data("overlapping", 2000, 0)
    order = np.random.default_rng(0).permutation(2000)[:m]
    return x[order].round(4), y[order]
