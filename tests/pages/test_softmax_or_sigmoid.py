"""The page on softmax or sigmoid (E7), driven as a visitor drives it; numbers are compared with scipy's."""

import math

import numpy as np
import pytest
from scipy.special import expit, log_expit, log_softmax

from explorer.notation import number

LANGUAGES = ["en", "zh"]
PAGE = "softmax_or_sigmoid"
Z = [1.0, -2.0, 0.5, 3.0, 0.0, 2.5, -1.0, 4.0, 0.25, -0.75]


def link(z):
    return ",".join(str(logit) for logit in z)


def hot(count, *true):
    return np.isin(np.arange(count), true).astype(float)


def softmax_loss(z, y):
    return -(np.array(y) / np.sum(y) * log_softmax(z)).sum()


def sigmoid_loss(z, y):
    z, y = np.array(z), np.array(y)
    return -(y * log_expit(z) + (1 - y) * log_expit(-z)).sum()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("true", [(3,), (3, 7), (0, 1, 2)])
def test_E7_both_losses_follow_the_labels(open_page, shown, language, true):
    app = open_page(PAGE, language, example="cifar10", z=link(Z), y=link(true))
    assert number(softmax_loss(Z, hot(10, *true))) in shown(app)
    assert number(sigmoid_loss(Z, hot(10, *true))) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_E7_the_sigmoids_sum_to_anything(open_page, shown, language):
    app = open_page(PAGE, language, z=link(Z))
    assert number(expit(Z[:4]).sum(), 3) in shown(app)
    app.session_state[f"{PAGE}.z"] = (-3.0,) * 10
    app.run()
    assert number(4 * expit(-3), 3) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board_hands_its_state_to_the_page(open_page, shown, language):
    app = open_page(PAGE, language, example="group")
    app.session_state[f"{PAGE}.z"], app.session_state[f"{PAGE}.y"] = tuple(Z), ("1", "4")
    app.run()
    assert number(softmax_loss(Z[:5], hot(5, 1, 4))) in shown(app)


def test_without_a_true_label_softmax_has_no_loss(open_page, shown):
    app = open_page(PAGE, z=link(Z), y="")
    assert "there is no loss" in shown(app)
    assert number(sigmoid_loss(Z[:4], hot(4))) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", ["digit", "group", "cifar10"])
def test_choosing_an_example_shows_its_labels(open_page, shown, language, example):
    app = open_page(PAGE, language)
    app.segmented_control(key=f"{PAGE}.example").set_value(example).run()
    assert not app.exception
    assert not app.warning
    assert app.session_state[f"{PAGE}.several"] is False
    assert len(app.session_state[f"{PAGE}.y"]) == 1


def test_E7_the_ethnic_groups_come_with_the_presumption_that_they_exclude_one_another(open_page, shown):
    assert "presumes that the groups exclude one another" in shown(open_page(PAGE, example="group"))
    assert "互不相交" in shown(open_page(PAGE, "zh", example="group"))


@pytest.mark.parametrize(("query", "left"), [({"y": "0,7"}, ("0",)), ({"several": "0", "y": "1,2"}, ("1",))])
def test_labels_that_do_not_fit_are_cut_with_a_notice(open_page, query, left):
    app = open_page(PAGE, **query)
    assert app.warning
    assert app.session_state[f"{PAGE}.y"] == left


def test_two_sure_labels_leave_softmax_at_ln_2(open_page, shown):
    app = open_page(PAGE, z=link([20, 20] + [-20] * 8), y="0,1")
    assert number(math.log(2)) in shown(app)
    assert number(sigmoid_loss([20, 20, -20, -20], hot(4, 0, 1))) in shown(app)
