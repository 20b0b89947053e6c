"""The visitor's own points on both pages that have them: their links, their bounds, and what is said of them."""

import re

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit

from explorer.maths import logistic, three_classes
from explorer.shell import texts
from explorer.shell.numbers import number

LANGUAGES = ["en", "zh"]
LOGISTIC, CLUSTERS = "logistic_regression", "softmax_or_sigmoid"
CROSSED = "-1,0,0_1,1,0_-1,1,1_1,0,1_0.5,2,0"
APART = "-1,0,0_-2,1,0_1,1,1_2,0,1"
ONE_LABEL = "-1,0,1_1,1,1_2,0,1"
IN_A_LINE = "0,0,0_1,1,1_2,2,0"


def plane(open_page, language="en", **query):
    return open_page(LOGISTIC, language, part="surface", data="own", view="contours", **query)


def told(app, key, page=LOGISTIC) -> str:
    """A sentence of the page up to its first number."""
    return texts.load(app.query_params["lang"], page)(key).split("@")[0]


def own(app, page=LOGISTIC):
    return app.session_state[f"{page}.own"]


def run_code(app, capsys) -> list[float]:
    exec(next(block.value for block in app.code if "import numpy" in block.value), {})
    return [float(text) for text in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", capsys.readouterr().out)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_estimate_is_that_of_the_points_of_the_link(open_page, shown, language):
    app = plane(open_page, language, own=CROSSED)
    points = np.array(own(app))
    sign = np.where(points[:, 2] == 1, 1, -1)

    def objective(theta):
        return -log_expit(sign * (points[:, :2] @ theta[:2] + theta[2])).mean()

    best = minimize(objective, np.zeros(3), tol=1e-12)
    text = shown(app)
    assert all(f"{name} = {number(value, 3)}" in text for name, value in zip(("w₁", "w₂", "b"), best.x, strict=True))
    assert f"J = {number(best.fun)}" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("points", "why"), [(APART, "separable"), (ONE_LABEL, "one_label"), ("0,0,1", "one_label"), (IN_A_LINE, "flat")]
)
def test_where_no_estimate_exists_it_is_said_why(open_page, shown, language, points, why):
    app = plane(open_page, language, own=points)
    assert told(app, f"own.{why}") in shown(app)
    assert told(app, "own.exists") not in shown(app)


@pytest.mark.parametrize("part", ["surface", "likelihood", "descent"])
def test_what_is_computed_is_computed_from_the_points(open_page, shown, capsys, part):
    app = open_page(LOGISTIC, part=part, data="own", own=CROSSED, w1="1", w2="0", w0="0.5", w="1", b="0.5", steps="0")
    points = np.array(own(app))
    loss = logistic.loss([1.0, 0.5], points[:, :1], points[:, 2].astype(int))
    assert number(loss) in shown(app)
    printed = run_code(app, capsys)
    assert any(value == pytest.approx(loss, abs=1e-6) for value in printed)


@pytest.mark.parametrize("l2", ["0", "0.1"])
@pytest.mark.parametrize(
    ("points", "why"), [(APART, "separable"), (ONE_LABEL, "one_label"), ("1,0,0_1,2,1", "flat"), (CROSSED, "exists")]
)
def test_the_descent_says_whether_there_is_a_minimum(open_page, shown, points, why, l2):
    app = open_page(LOGISTIC, part="descent", data="own", own=points, l2=l2)
    regularised = l2 != "0" and why != "one_label"
    assert told(app, "descent.with_l2" if regularised else f"descent.{why}") in shown(app)


@pytest.mark.parametrize("text", ["abc", "1,2", "0,7,1", "0,0,2", "0,nan,1", "_".join(["0,0,1"] * 41)])
def test_a_link_with_wrong_points_gives_those_to_begin_with_and_a_notice(open_page, shown, text):
    app = plane(open_page, own=text)
    assert (
        len(app.warning) == 1 and "own" in app.warning[0].value and "1 … 40" in app.warning[0].value.replace("\\", "")
    )
    assert own(app) == ()
    assert "24 samples" in shown(app) or "Of the 24" in shown(app)


@pytest.mark.parametrize("page, part, choice", [(LOGISTIC, "surface", "data"), (CLUSTERS, "plane", "points")])
def test_own_points_begin_with_those_shown_and_the_first_view_comes_back(open_page, page, part, choice):
    app = open_page(
        page, part=part, **({"data": "outlier"} if page == LOGISTIC else {"points": "row", "spread": "0.1"})
    )
    pills = app.button_group(key=f"{page}.{part}.preset")
    pills.set_value("own_points").run()
    assert app.session_state[f"{page}.{choice}"] == "own" and not app.exception
    points = np.array(own(app, page))
    assert len(points) == 24
    if page == LOGISTIC:
        x, y = logistic.toy_data("outlier", 60, 0, features=2)
    else:
        x, y = three_classes.clusters("row", spread=0.1)
        y = y.argmax(axis=1)
    given = {(round(a, 2) + 0.0, round(b, 2) + 0.0, int(label)) for (a, b), label in zip(x.tolist(), y, strict=True)}
    assert {tuple(point) for point in own(app, page)} <= given
    assert set(points[:, 2]) == set(y)
    app.button(key=f"{page}.reset").click().run()
    assert app.session_state[f"{page}.{choice}"] == "overlapping" and own(app, page) == ()


@pytest.mark.parametrize("data", logistic.TOY_DATA)
def test_the_points_to_begin_with_are_within_reach_whatever_the_seed(data):
    reach = [np.abs(logistic.toy_data(data, 60, seed, features=2)[0]).max() for seed in range(100)]
    assert max(reach) <= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_class_without_points_is_named_and_a_link_keeps_points_of_two_classes(open_page, shown, language):
    app = open_page(CLUSTERS, language, part="plane", points="own", own="-2,0,0_2,0,1_0,1,3")
    assert own(app, CLUSTERS) == ((-2.0, 0.0, 0), (2.0, 0.0, 1), (0.0, 1.0, 3))
    class_2 = texts.load(language, CLUSTERS)("plane.class", k=2)
    assert texts.load(language, CLUSTERS)("plane.absent", classes=class_2) in shown(app)
    everywhere = open_page(CLUSTERS, language, part="plane", points="own", own="-2,0,0_0,1,3")
    class_0 = texts.load(language, CLUSTERS)("plane.class", k=0)
    assert texts.load(language, CLUSTERS)("plane.common", classes=class_0) in shown(everywhere)


@pytest.mark.parametrize("points", ["", "-2,0,0_2,0,1_0,1,3", "1,1,2"])
def test_the_code_of_the_plane_counts_what_the_page_counts(open_page, shown, capsys, points):
    app = open_page(CLUSTERS, part="plane", points="own", own=points)
    softmax, count, sigmoids, _ = map(int, run_code(app, capsys))
    assert f"{softmax} of {count} points" in shown(app) and f"{sigmoids} of {count} points" in shown(app)
