"""The page on logistic regression (E1 to E3, E6), driven as a visitor drives it; numbers are compared with scipy's."""

import math
import re

import numpy as np
import pytest
from scipy.special import expit, log_expit

from explorer import logistic
from explorer.notation import number

LANGUAGES = ["en", "zh"]
PAGE = "logistic_regression"


def set_and_run(app, **values):
    for name, value in values.items():
        app.session_state[f"{PAGE}.{name}"] = value
    return app.run()


def answered(app, words):
    return any(words in success.value for success in app.success)


def source(app):
    return next(block.value for block in app.code if "import numpy" in block.value)


def printed(app, capsys):
    """Run the code that the page shows, and return the numbers that it prints."""
    exec(source(app), {})
    return [float(text) for text in re.findall(r"-?\d+\.?\d*(?:e[-+]\d+)?", capsys.readouterr().out)]


# --- One sample -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_the_probabilities_follow_the_logit(open_page, shown, language):
    app = open_page(PAGE, language, z="-2.5", y="1")
    assert number(expit(-2.5)) in shown(app)
    app = set_and_run(app, z=0.75)
    assert number(expit(0.75)) in shown(app)
    assert number(expit(-2.5)) not in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("y", [0, 1])
def test_E2_the_observed_label_chooses_its_probability(open_page, shown, language, y):
    app = set_and_run(open_page(PAGE, language, z="1.7", y=str(1 - y)), y=y)
    p = expit(1.7) ** y * (1 - expit(1.7)) ** (1 - y)
    assert f"p(y|x) = {number(p)}" in shown(app)
    assert number(-math.log(p)) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_E6_the_gradient_of_one_sample_is_sigma_minus_y(open_page, shown, language):
    app = set_and_run(open_page(PAGE, language), z=-6.0, y=1, squared=True)
    f = expit(-6.0)
    assert number(f - 1) in shown(app)
    assert number(2 * (f - 1) * f * (1 - f)) in shown(app)


def test_a_probability_that_underflows_leaves_its_loss_right(open_page, shown):
    text = shown(open_page(PAGE, z="-1000", y="1"))
    assert "p(y|x) = 0.0000" in text and "1000.0000" in text


def test_the_board_hands_its_state_to_the_page(open_page, shown):
    app = open_page(PAGE)
    board = next(element for element in app.get("bidi_component") if element.key.startswith(f"{PAGE}.board"))
    assert b'"z": 1.2, "y": 1' in board.proto.bytes
    app = set_and_run(app, z=3.3, y=0)
    assert number(-log_expit(-3.3)) in shown(app)


@pytest.mark.parametrize(("z", "y", "right"), [("0", "0", True), ("0.01", "1", False), ("1.2", "1", False)])
def test_the_question_about_the_coin(open_page, z, y, right):
    assert answered(open_page(PAGE, z=z, y=y), "coin toss") is right


@pytest.mark.parametrize(
    ("z", "y", "right"), [("-0.54", "1", True), ("0.54", "0", True), ("0.54", "1", False), ("1", "1", False)]
)
def test_the_question_about_one_nat(open_page, z, y, right):
    assert answered(open_page(PAGE, z=z, y=y), "0.3679") is right


@pytest.mark.parametrize(
    ("z", "y", "squared", "right"),
    [
        ("-6", "1", "1", True),
        ("6", "0", "1", True),
        ("6", "1", "1", False),
        ("-6", "1", "0", False),
        ("-2", "1", "1", False),
    ],
)
def test_the_question_about_the_squared_error(open_page, z, y, squared, right):
    assert answered(open_page(PAGE, z=z, y=y, squared=squared), "still pulls") is right


def test_the_code_of_one_sample_computes_what_the_page_shows(open_page, capsys):
    f, p, loss, gradient, squared, squared_gradient = printed(open_page(PAGE, z="-1.5", y="0"), capsys)
    expected = expit(-1.5)
    assert f == pytest.approx(expected) and p == pytest.approx(1 - expected)
    assert loss == pytest.approx(-math.log(1 - expected)) and gradient == pytest.approx(expected)
    assert squared == pytest.approx(expected**2)
    assert squared_gradient == pytest.approx(2 * expected**2 * (1 - expected))


# --- The sigmoid surface --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_the_surface_follows_its_sliders(open_page, shown, language):
    app = open_page(PAGE, language, part="surface", data="imbalanced", seed="3")
    app = set_and_run(app, w1=2.0, w2=-0.5, b=-1.3)
    x, y = logistic.toy_data("imbalanced", 60, 3, features=2)
    z = 2.0 * x[:, 0] - 0.5 * x[:, 1] - 1.3
    text = shown(app)
    assert number(expit(-1.3)) in text
    assert f" {((z > 0) == y).sum()} " in text
    assert number(-np.where(y == 1, log_expit(z), log_expit(-z)).mean()) in text


def test_the_slider_itself_turns_the_surface(open_page, shown):
    app = open_page(PAGE, part="surface")
    app.slider(key=f"{PAGE}.b").set_value(2.0).run()
    assert number(expit(2.0)) in shown(app)


@pytest.mark.parametrize(("w1", "w2", "right"), [("-1", "0", True), ("1", "0", False), ("-1", "0.1", False)])
def test_the_question_about_one_feature(open_page, w1, w2, right):
    assert answered(open_page(PAGE, part="surface", w1=w1, w2=w2), "not at all") is right


@pytest.mark.parametrize(
    ("data", "w", "right"), [("separable", "1", True), ("separable", "-1", False), ("overlapping", "1", False)]
)
def test_the_question_about_all_samples(open_page, data, w, right):
    assert answered(open_page(PAGE, part="surface", data=data, w1=w, w2=w), "Every boundary") is right


@pytest.mark.parametrize(
    ("w1", "w2", "b", "right"),
    [("3.2", "3.2", "0", True), ("3", "3", "0", False), ("4", "3.5", "0", False), ("4", "4", "1", False)],
)
def test_the_question_about_the_cliff(open_page, w1, w2, b, right):
    assert answered(open_page(PAGE, part="surface", w1=w1, w2=w2, b=b), "2 ln 9") is right


def test_the_code_of_the_surface_computes_what_the_page_shows(open_page, shown, capsys):
    app = open_page(PAGE, part="surface", w1="0.7", w2="2", b="-0.4", seed="5")
    right, samples = printed(app, capsys)[-2:]
    assert f"Of the {samples:.0f} samples {right:.0f} are" in shown(app)
