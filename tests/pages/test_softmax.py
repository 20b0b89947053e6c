"""The softmax page (E4 to E6, E11), driven as a visitor drives it; numbers are compared with scipy's."""

import math
import re

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from explorer.notation import number

LANGUAGES = ["en", "zh"]
Z = [1.0, -2.0, 0.5, 3.0, 0.0, 2.5, -1.0, 4.0, 0.25, -0.75]


def link(z):
    return ",".join(str(logit) for logit in z)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_loss_follows_the_logits_and_the_true_class(open_page, shown, language):
    app = open_page("softmax", language, z=link(Z), y="7")
    assert number(-log_softmax(Z)[7]) in shown(app)
    app.session_state["softmax.y"] = 1
    app.run()
    assert number(-log_softmax(Z)[1]) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_temperature_divides_the_logits(open_page, shown, language):
    app = open_page("softmax", language, z=link(Z), y="2", T="2.5")
    assert number(-log_softmax(np.array(Z) / 2.5)[2]) in shown(app)


def test_the_board_hands_its_state_to_the_page(open_page, shown):
    app = open_page("softmax")
    app.session_state["softmax.board"] = {"state": {"z": Z, "y": 5, "T": 1}}
    app.session_state["softmax.z"], app.session_state["softmax.y"] = tuple(Z), 5
    app.run()
    assert number(-log_softmax(Z)[5]) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_surface_shows_the_chosen_quantity(open_page, shown, language):
    app = open_page("softmax", language, part="surface", z=link(Z), y="3", a="3", b="0")
    app.session_state["softmax.quantity"] = "gradient"
    app.run()
    assert number(softmax(Z)[3] - 1) in shown(app)


def test_every_preset_sets_the_board(open_page, shown):
    app = open_page("softmax")
    losses = {}
    for name in ("knows_nothing", "sure_and_wrong", "hot", "overflow"):
        app.button(key=f"softmax.preset.{name}").click().run()
        z, y, T = (app.session_state[f"softmax.{setting}"] for setting in ("z", "y", "T"))
        losses[name] = -log_softmax(np.array(z) / T)[y]
        assert number(losses[name]) in shown(app)
    assert losses["knows_nothing"] == pytest.approx(math.log(10))
    assert losses["overflow"] == pytest.approx(3.0486, abs=1e-4)


def answered(app, question):
    return any(question in success.value for success in app.success)


def test_the_question_about_ln_10_takes_right_answers_and_refuses_wrong_ones(open_page):
    p = np.array([0.1] + [0.3, 0.2] + [0.4 / 7] * 7)
    logits = np.round(np.log(p) - np.log(p[0]), 4)
    # Four decimals are what a link holds: the first logit makes up for the rounding of the others.
    logits[0] = np.round(np.log(np.exp(logits[1:]).sum() / 9), 4)
    app = open_page("softmax", z=link(logits), y="0")
    assert answered(app, "one tenth")
    assert not answered(open_page("softmax", z=link([0] * 10), y="0"), "one tenth")
    assert not answered(open_page("softmax", z=link([0.5] + [0] * 9), y="0"), "one tenth")


def test_the_question_about_shifting_takes_right_answers_and_refuses_wrong_ones(open_page):
    first = np.array([1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3])
    assert answered(open_page("softmax", z=link(first + 6)), "nine degrees")
    assert not answered(open_page("softmax", z=link(first)), "nine degrees")
    assert not answered(open_page("softmax", z=link(first * 2 + 8)), "nine degrees")


def test_the_code_computes_what_the_page_shows(open_page, shown, capsys):
    app = open_page("softmax", z=link(Z), y="6", T="0.5")
    source = next(block.value for block in app.code if "import numpy" in block.value)
    exec(source, {})
    printed = capsys.readouterr().out
    loss = -log_softmax(np.array(Z) / 0.5)[6]
    assert any(float(text) == pytest.approx(loss) for text in re.findall(r"\s(\d+\.\d+)\s", printed))


def test_two_equal_axes_are_explained_and_draw_no_surface(open_page):
    app = open_page("softmax", part="surface", a="4", b="4")
    assert app.info
    assert "two different classes" in app.info[0].value
