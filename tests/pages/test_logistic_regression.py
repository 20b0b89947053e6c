"""The page on logistic regression (E1 to E3, E6), driven as a visitor drives it; numbers are compared with scipy's."""

import math
import re

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from explorer.maths import logistic
from explorer.shell import texts
from explorer.shell.numbers import number

LANGUAGES = ["en", "zh"]
PAGE = "logistic_regression"


def set_and_run(app, **values):
    for name, value in values.items():
        app.session_state[f"{PAGE}.{name}"] = value
    return app.run()


def presets(app, part):
    return app.button_group(key=f"{PAGE}.{part}.preset")


def press(app, part, name):
    presets(app, part).set_value(name).run()


def answered(app, words):
    return any(words in success.value for success in app.success)


def samples(data, seed, m):
    """The toy data as the page takes them, drawn here once more: 2,000 in random order, the outlier first."""
    x, y = logistic.toy_data(data, 2000, seed)
    order = np.random.default_rng(seed).permutation(2000)
    if data == "outlier":
        order = np.r_[0, order[order != 0]]
    return x[order, 0].round(4)[:m], y[order][:m]


def terms(x, y, w, b):
    """ln p(y_i|x_i), by scipy."""
    z = w * x + b
    return np.where(y == 1, log_expit(z), log_expit(-z))


def fitted(x, y, l2=0.0):
    """The minimum of J, by scipy."""
    found = minimize(lambda t: -terms(x, y, *t).mean() + l2 / 2 * t[0] ** 2, [0.0, 0.0], tol=1e-12)
    return found.x, found.fun


def first_zero(x, y, w, b):
    """Which sample makes the product of the probabilities 0, multiplied one by one as Python's floats."""
    product = 1.0
    for count, p in enumerate(np.exp(terms(x, y, w, b)).tolist(), start=1):
        product *= p
        if product == 0:
            return count
    return None


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
    assert f"P(y=1|x) = {number(expit(-2.5))}" in shown(app)
    text = shown(set_and_run(app, z=0.75, y=0))
    assert f"P(y=1|x) = {number(expit(0.75))}" in text and number(1 - expit(0.75)) in text
    assert number(expit(-2.5)) not in text


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
    assert answered(open_page(PAGE, z=z, y=y, squared=squared), "still close to") is right


@pytest.mark.parametrize(("z", "y", "right"), [("-2.95", "1", True), ("2.95", "0", True), ("-2.94", "1", False)])
def test_the_question_about_a_loss_above_3(open_page, z, y, right):
    assert answered(open_page(PAGE, z=z, y=y), "That is why") is right


@pytest.mark.parametrize(
    ("z", "squared", "right"), [("0.04", "1", True), ("-0.04", "1", True), ("0.1", "1", False), ("0.04", "0", False)]
)
def test_the_question_about_the_steepest_place_of_the_sigmoid(open_page, z, squared, right):
    assert answered(open_page(PAGE, z=z, y="1", squared=squared), "1/4") is right


def test_the_slope_of_the_sigmoid_is_drawn_beside_the_gradients_where_the_squared_error_is_compared(open_page):
    def curves(squared):
        app = open_page(PAGE, z="1", squared=squared)
        found = next(each for each in app.get("bidi_component") if ".gradient" in each.key)
        return found.proto.json + found.proto.bytes.decode("latin-1")

    assert "\\u2032(z)" in curves("1") and "\\u2032(z)" not in curves("0")


def test_the_code_of_one_sample_computes_what_the_page_shows(open_page, capsys):
    f, p, loss, gradient, squared, slope, squared_gradient = printed(open_page(PAGE, z="-1.5", y="0"), capsys)
    expected = expit(-1.5)
    assert f == pytest.approx(expected) and p == pytest.approx(1 - expected)
    assert loss == pytest.approx(-math.log(1 - expected)) and gradient == pytest.approx(expected)
    assert squared == pytest.approx(expected**2) and slope == pytest.approx(expected * (1 - expected))
    assert squared_gradient == pytest.approx(2 * expected**2 * (1 - expected))


# --- The sigmoid surface --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_the_surface_follows_its_sliders(open_page, shown, language):
    app = open_page(PAGE, language, part="surface", data="imbalanced", seed="3")
    app = set_and_run(app, w1=2.0, w2=-0.5, w0=-1.3)
    x, y = logistic.toy_data("imbalanced", 60, 3, features=2)
    z = 2.0 * x[:, 0] - 0.5 * x[:, 1] - 1.3
    text = shown(app)
    assert number(expit(-1.3)) in text
    assert f" {((z > 0) == y).sum()} " in text
    assert number(-np.where(y == 1, log_expit(z), log_expit(-z)).mean()) in text


@pytest.mark.parametrize(
    ("w1", "w2", "right"), [("-0.2", "0", True), ("1", "0", False), ("0", "0", False), ("-1", "0.1", False)]
)
def test_the_question_about_one_feature(open_page, w1, w2, right):
    assert answered(open_page(PAGE, part="surface", w1=w1, w2=w2), "no effect") is right


@pytest.mark.parametrize(
    ("data", "w", "right"), [("separable", "1", True), ("separable", "-1", False), ("overlapping", "1", False)]
)
def test_the_question_about_all_samples(open_page, data, w, right):
    assert answered(open_page(PAGE, part="surface", data=data, w1=w, w2=w), "Any boundary") is right


@pytest.mark.parametrize(
    ("w1", "w2", "w0", "right"),
    [
        ("3.2", "3.2", "0", True),
        ("-4", "-4", "0", True),
        ("3", "3", "0", False),
        ("4", "3.5", "0", False),
        ("4", "4", "1", False),
    ],
)
def test_the_question_about_the_cliff(open_page, w1, w2, w0, right):
    assert answered(open_page(PAGE, part="surface", w1=w1, w2=w2, w0=w0), "2 ln 9") is right


def test_the_code_of_one_sample_is_right_where_sigma_rounds_to_one(open_page, capsys):
    f, p, loss, gradient, *_ = printed(open_page(PAGE, z="40", y="0"), capsys)
    assert f == gradient == 1 and p == pytest.approx(expit(-40.0), rel=1e-12) and loss == pytest.approx(40)


def test_the_code_of_the_surface_computes_what_the_page_shows(open_page, shown, capsys):
    app = open_page(PAGE, part="surface", w1="0.7", w2="2", w0="-0.4", seed="5")
    loss, right, samples = printed(app, capsys)[-3:]
    assert f"Of the {samples:.0f} samples {right:.0f} are" in shown(app)
    assert number(loss) in shown(app)


# --- Many samples ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("data", logistic.TOY_DATA)
def test_E3_the_likelihood_is_the_product_and_its_logarithm_the_sum(open_page, shown, language, data):
    app = open_page(PAGE, language, part="likelihood", data=data, seed="2", m="30")
    app = set_and_run(app, w=1.4, b=-0.6)
    x, y = samples(data, 2, 30)
    logs = terms(x, y, 1.4, -0.6)
    text = shown(app)
    assert number(math.prod(np.exp(logs))) in text
    assert number(logs.sum()) in text
    assert f"J = {number(-logs.mean())}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_E3_the_product_underflows_at_the_sample_that_the_page_names(open_page, shown, language):
    x, y = samples("overlapping", 0, 2000)
    at = first_zero(x, y, 1.5, 0.0)
    app = open_page(PAGE, language, part="likelihood", w="1.5", b="0", m="2000")
    assert f" {at:,} " in shown(app)
    text = shown(set_and_run(app, m=at - 1))
    assert number(5e-324)[-6:] in text or "×10⁻³²" in text
    logs = terms(x[: at - 1], y[: at - 1], 1.5, 0.0)
    assert number(logs.sum()) in text and -746 < logs.sum() < -735


def test_E3_a_larger_m_adds_samples_to_those_that_were_there(open_page):
    few, many = (open_page(PAGE, part="likelihood", m=m) for m in ("5", "12"))
    x_few, x_many = (re.search(r"x = np.array\(\[(.*)\]\)", source(app)).group(1) for app in (few, many))
    assert x_many.startswith(x_few)


def test_the_slider_of_samples_itself_changes_m(open_page, shown):
    app = open_page(PAGE, part="likelihood")
    app.slider(key=f"{PAGE}.m").set_value(1).run()
    x, y = samples("overlapping", 0, 1)
    assert number(-terms(x, y, 0.5, 2.0)[0]) in shown(app)


def test_the_code_of_many_samples_computes_what_the_page_shows(open_page, capsys):
    app = open_page(PAGE, part="likelihood", data="imbalanced", m="25", w="0.8", b="-1")
    logs = terms(*samples("imbalanced", 0, 25), 0.8, -1)
    product, log_sum, loss = printed(app, capsys)
    assert product == pytest.approx(np.exp(logs.sum()))
    assert log_sum == pytest.approx(logs.sum())
    assert loss == pytest.approx(-logs.mean())


@pytest.mark.parametrize(("w", "b", "right"), [("0", "0", True), ("0", "0.1", False), ("0.1", "0", False)])
def test_the_question_about_the_same_loss_for_all_data(open_page, w, b, right):
    app = open_page(PAGE, part="likelihood", w=w, b=b, data="imbalanced")
    assert answered(app, "whatever the labels") is right


def test_the_question_about_the_first_zero(open_page):
    at = first_zero(*samples("overlapping", 0, 2000), 1.5, 0.0)
    for m, right in ((at, True), (at + 1, False), (at - 1, False), (40, False)):
        app = open_page(PAGE, part="likelihood", w="1.5", b="0", m=str(m))
        assert answered(app, "smallest float64") is right


def test_the_question_about_fitting_by_hand(open_page):
    (w, b), _ = fitted(*samples("overlapping", 0, 40))
    close = {"w": f"{w:.2f}", "b": f"{b:.2f}"}
    assert answered(open_page(PAGE, part="likelihood", **close), "the loss is flat")
    assert not answered(open_page(PAGE, part="likelihood", w=f"{w + 1:.2f}", b=f"{b:.2f}"), "the loss is flat")
    assert not answered(open_page(PAGE, part="likelihood", w="8", b="0", data="separable"), "the loss is flat")


# --- Descent --------------------------------------------------------------------------------------------


def gradient_descent(x, y, w, b, rate, steps, l2=0.0):
    for _ in range(steps):
        error = expit(w * x + b) - y
        w, b = w - rate * ((error * x).mean() + l2 * w), b - rate * error.mean()
    return w, b


@pytest.mark.parametrize("language", LANGUAGES)
def test_E6_gradient_descent_goes_where_the_page_says(open_page, shown, language):
    app = open_page(PAGE, language, part="descent", data="imbalanced", m="60", w="-1", b="2", rate="0.5", steps="3")
    app.button(key=f"{PAGE}.descent.steps.10").click().run()
    x, y = samples("imbalanced", 0, 60)
    w, b = gradient_descent(x, y, -1.0, 2.0, 0.5, 13)
    text = shown(app)
    assert f"w = {number(w, 3)}" in text and f"b = {number(b, 3)}" in text
    assert number(-terms(x, y, w, b).mean()) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_E3_both_methods_reach_the_maximum_likelihood_estimate(open_page, shown, language):
    app = open_page(PAGE, language, part="descent", data="outlier", m="40", steps="500", newton="11")
    app.button(key=f"{PAGE}.descent.newton.1").click().run()
    (w, b), lowest = fitted(*samples("outlier", 0, 40))
    lines = [line.value for line in app.markdown if number(lowest) in line.value]
    assert len(lines) == 3
    assert all(number(w, 3) in line and number(b, 3) in line for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_E3_separable_samples_have_no_estimate_until_l2_brings_one_back(open_page, shown, language):
    app = open_page(PAGE, language, part="descent", data="separable", rate="10", steps="100", w="0", b="0")
    nothing = {"en": "No maximum-likelihood estimate exists", "zh": "极大似然估计不存在"}[language]
    x, y = samples("separable", 0, 40)
    w, b = gradient_descent(x, y, 0.0, 0.0, 10.0, 100)
    assert nothing in shown(app) and number(w, 3) in shown(app)
    app.button(key=f"{PAGE}.descent.steps.100").click().run()
    longer, later = gradient_descent(x, y, 0.0, 0.0, 10.0, 200)
    assert longer > w and -terms(x, y, longer, later).mean() < -terms(x, y, w, b).mean()
    assert nothing in shown(app) and number(longer, 3) in shown(app)
    app.button(key=f"{PAGE}.descent.question.close").click().run()  # its answer says it too
    app = set_and_run(app, l2=0.05)
    (w, b), lowest = fitted(x, y, 0.05)
    assert nothing not in shown(app)
    assert all(text in shown(app) for text in (number(w, 3), number(b, 3), number(lowest)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_descent_that_diverges_is_shown_and_says_where_it_left(open_page, shown, language):
    diverges = {"en": "It diverges", "zh": "迭代发散"}[language]
    app = open_page(PAGE, language, part="descent", rate="12", l2="0.2", steps="30", w="-2", b="3")
    x, y = samples("overlapping", 0, 40)
    path = [gradient_descent(x, y, -2.0, 3.0, 12.0, k, 0.2) for k in range(31)]
    inside = [k for k, (w, b) in enumerate(path) if -4 <= w <= 8 and -6 <= b <= 6]
    text = shown(app)
    assert diverges in text and f" {inside[-1] + 1} " in text
    text = shown(set_and_run(app, rate=1000.0, steps=500))  # beyond what float64 can hold
    assert diverges in text and ("nan" in text or "∞" in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rise_by_roundings_is_no_rise(open_page, shown, language):
    swings = texts.load(language, PAGE)("descent.swings")
    app = open_page(PAGE, language, part="descent")
    press(app, "descent", "brought_back")
    assert swings not in shown(app)
    press(app, "descent", "rate_too_large")
    assert swings in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"w": "1.5", "b": "0", "rate": "20", "steps": "60"}, "higher"),
        ({"w": "-1", "b": "1", "rate": "3.9", "l2": "0.5", "steps": "14"}, "higher"),
        ({"w": "-1", "b": "1", "rate": "4", "l2": "0.5", "steps": "14"}, "diverges"),
        ({"w": "-1", "b": "1", "rate": "1", "l2": "0.5", "steps": "14"}, None),
    ],
)
def test_a_descent_that_ends_higher_diverges_only_if_it_climbs_for_ever(open_page, shown, language, link, said):
    words, text = texts.load(language, PAGE), shown(open_page(PAGE, language, part="descent", **link))
    for name in ("higher", "diverges", "swings"):
        assert (words(f"descent.{name}") in text) == (name == said)


def test_what_asks_for_more_steps_leaves_room_for_them(open_page):
    app = open_page(PAGE, part="descent")
    press(app, "descent", "no_maximum")
    assert answered(app, "J keeps falling and w keeps growing")
    app.button(key=f"{PAGE}.descent.steps.100").click().run()
    assert app.session_state[f"{PAGE}.steps"] == 200


def test_one_label_alone_has_no_estimate_even_with_l2(open_page, shown):
    app = open_page(PAGE, part="descent", m="1", l2="0.1")
    assert "all samples have the same label" in shown(app)


def test_a_path_is_recomputed_from_its_link(open_page, shown):
    link = {"part": "descent", "data": "outlier", "seed": "7", "m": "50", "rate": "2", "l2": "0.01", "newton": "4"}
    first, second = (shown(open_page(PAGE, **link, w="3", b="-1", steps="17")) for _ in range(2))
    assert first == second
    w, b = gradient_descent(*samples("outlier", 7, 50), 3.0, -1.0, 2.0, 17, 0.01)
    assert f"w = {number(w, 3)}" in first and f"b = {number(b, 3)}" in first


def test_steps_end_at_their_limit_and_go_back_to_the_start(open_page):
    app = open_page(PAGE, part="descent", steps="450")
    app.button(key=f"{PAGE}.descent.steps.100").click().run()
    assert app.session_state[f"{PAGE}.steps"] == 500
    assert app.button(key=f"{PAGE}.descent.steps.100").disabled
    app.button(key=f"{PAGE}.descent.back").click().run()
    assert app.session_state[f"{PAGE}.steps"] == 0


def test_the_code_of_the_descent_computes_what_the_page_shows(open_page, capsys):
    app = open_page(PAGE, part="descent", steps="25", rate="0.7", l2="0.02", w="-1.5", b="0.5")
    x, y = samples("overlapping", 0, 40)
    w, b = gradient_descent(x, y, -1.5, 0.5, 0.7, 25, 0.02)
    loss = -terms(x, y, w, b).mean() + 0.01 * w**2
    assert printed(app, capsys) == pytest.approx([w, b, loss], rel=1e-6)


@pytest.mark.parametrize(
    ("rate", "l2", "steps", "right"),
    [("16", "0", "60", True), ("16", "0.2", "60", False), ("12", "0", "60", False), ("1", "0", "60", False)],
)
def test_the_question_about_going_uphill(open_page, rate, l2, steps, right):
    app = open_page(PAGE, part="descent", w="-2", b="3", rate=rate, l2=l2, steps=steps)
    assert answered(app, "not how far") is right


@pytest.mark.parametrize(
    ("data", "rate", "l2", "right"),
    [
        ("separable", "10", "0", True),
        ("separable", "0.1", "0", False),
        ("separable", "10", "0.1", False),
        ("overlapping", "10", "0", False),
    ],
)
def test_the_question_about_separable_data(open_page, data, rate, l2, right):
    app = open_page(PAGE, part="descent", data=data, rate=rate, l2=l2, steps="300", w="0", b="0")
    assert answered(app, "J keeps falling and w keeps growing") is right


@pytest.mark.parametrize(
    ("steps", "newton", "l2", "right"),
    [("200", "8", "0", True), ("200", "1", "0", False), ("5", "8", "0", False), ("200", "8", "0.1", False)],
)
def test_the_question_about_the_same_place(open_page, steps, newton, l2, right):
    app = open_page(PAGE, part="descent", steps=steps, newton=newton, l2=l2)
    assert answered(app, "squares its error") is right


# --- The whole page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["sample", "surface", "likelihood", "descent"])
def test_every_preset_opens_and_changes_the_picture(open_page, shown, part):
    app = open_page(PAGE, part=part)
    names = presets(app, part).options
    assert len(names) >= 5
    seen = set()
    for name in names:
        press(app, part, name)
        assert not app.exception
        assert app.session_state[f"{PAGE}.part"] == part
        seen.add(shown(app))
    assert len(seen) == len(names)


def test_a_link_with_bad_values_is_answered_with_a_notice(open_page):
    app = open_page(PAGE, part="descent", rate="-1", m="0", data="nonsense")
    assert len(app.warning) == 3


def test_show_reduces_the_page_to_the_sections_that_it_names(open_page, shown):
    app = open_page(PAGE, show="surface,likelihood,descent")
    assert not app.title and not any("import numpy" in block.value for block in app.code)
    figures = {element.key for element in app.get("bidi_component")}
    assert figures >= {"logistic.surface", "logistic.bars", "logistic.landscape"}
    # What the three share is offered once, with the first that has it.
    assert [slider.label for slider in app.slider] == ["Samples m", "L2 term λw²/2, with λ ="]
    assert [box.label for box in app.selectbox] == ["Toy data"]
