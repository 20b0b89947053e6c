"""The home page: something to touch, and for each page a card with a number, computed again here, and a link."""

import math
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from scipy.special import expit, log_softmax
from scipy.stats import entropy

from explorer.images import shapes
from explorer.pages.home import hero
from explorer.pages.home.cards import CARDS
from explorer.runs import recorded, results
from explorer.shell import texts
from explorer.shell.numbers import number
from explorer.stage import page, questions

Z = [1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_card_shows_its_number(open_page, shown, language):
    target = np.full(10, 0.02)
    target[3] = 0.82
    predicted = np.exp(log_softmax(Z))
    text = shown(open_page("home", language))
    for value in (
        expit(2),
        -math.log(expit(-2)),
        -log_softmax(Z)[3],
        math.log(10),
        -math.log(0.9),
        -math.log(0.01),
        math.log(2),
        entropy(target),
        entropy(target, predicted),
        entropy(target) + entropy(target, predicted),
    ):
        assert number(value) in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_card_of_results_shows_what_the_worst_tenth_bears(open_page, shown, language):
    recorded = Path(page.__file__).parents[1] / "recorded" / "cifar10"
    logits = np.load(sorted((recorded / "test_logits").glob("*.npy"))[-1]).astype(float)
    labels = np.load(recorded / "test_labels.npy")
    sample_losses = np.sort(-log_softmax(logits, axis=1)[np.arange(len(labels)), labels])
    text = shown(open_page("home", language))
    assert number(sample_losses.mean()) in text
    borne = number(100 * sample_losses[-len(labels) // 10 :].sum() / sample_losses.sum(), 1)
    assert borne + "%" in text


@pytest.mark.parametrize("photographs", ["none", "some"])
def test_the_images_of_a_card_are_those_that_a_run_has_kept(open_page, monkeypatch, photographs):
    def draw(*_):
        raise AssertionError("the whole data set is drawn for ten of its images")

    st.cache_data.clear()
    results.test_shapes.cache_clear()
    monkeypatch.setattr(shapes, "draw", draw)
    monkeypatch.setattr(recorded, "usual", lambda: recorded.CNN if photographs == "some" else recorded.SHAPES)
    assert not open_page("home").exception


def test_there_is_a_way_to_every_page(open_page):
    links = {link.proto.page.replace("_", "-") for link in open_page("home").get("page_link")}
    assert {path for path in (page.PAGES | page.BESIDE).values() if path} <= links


def test_there_is_a_card_for_every_page_but_this_one_in_the_lessons_order():
    assert list(CARDS) == [name for name in page.PAGES if name != "home"]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_card_says_how_long_its_page_takes_and_how_much_of_it_is_found(open_page, monkeypatch, language):
    known = {"softmax.ln10": "found", "softmax.shift": "found", "softmax.scale": "shown", "guess.even": "found"}
    monkeypatch.setattr(questions, "known", lambda: known)
    words = texts.load(language, "home")
    captions = [caption.value for caption in open_page("home", language).caption]
    for name, (minutes, _) in CARDS.items():
        found = {"softmax": 2, "guess": 1}.get(name, 0)
        there = len(texts.load("en", name).table("questions"))
        told = words("cards.found", found=found, all=there)
        assert f"{words('cards.minutes', n=minutes)} · {told}" in captions


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_all_that_is_found_is_counted_over_all_pages(open_page, shown, monkeypatch, language):
    there = sum(len(texts.load("en", name).table("questions")) for name in CARDS)
    words = texts.load(language, "home")
    assert words("cards.total", found=0, all=there) in shown(open_page("home", language))
    monkeypatch.setattr(questions, "known", lambda: dict.fromkeys(questions.every(), "found"))
    assert words("cards.total", found=there, all=there) in shown(open_page("home", language))


def test_the_two_ways_in_lead_to_the_lesson_and_to_training(open_page):
    labels = {link.proto.label: link.proto.page for link in open_page("home").get("page_link")}
    assert labels["Start the lesson"] == "logistic-regression"
    assert labels["Train a network"] == "train"


@pytest.mark.parametrize("y", range(len(hero.CLASSES)))
def test_the_surface_is_as_high_as_any_loss_that_the_sliders_give(y):
    worst = [hero.REACH] * len(hero.CLASSES)
    worst[y] = -hero.REACH
    assert -log_softmax(worst)[y] <= hero.HIGH
    assert hero.LOW <= -log_softmax([-value for value in worst])[y]


def test_the_goal_is_not_reached_at_first_and_can_be_reached_with_one_slider():
    assert -log_softmax(hero.START)[0] > 1 > hero.GOAL
    assert -log_softmax((hero.REACH, *hero.START[1:]))[0] < hero.GOAL


def test_what_is_set_there_is_in_its_link(open_page):
    app = open_page("home", z="5.5,3,1,-1", y="1")
    assert app.session_state["home.z"] == (5.5, 3.0, 1.0, -1.0)
    assert app.session_state["home.y"] == 1
    app.run()
    assert dict(app.query_params) == {"z": "5.5,3,1,-1", "y": "1", "lang": "en"}
    app.button(key="home.reset").click().run()
    assert dict(app.query_params) == {"lang": "en"}


@pytest.mark.parametrize(("name", "value"), [("z", "11,0,0,0"), ("z", "1,2,3"), ("z", "inf,0,0,0"), ("y", "4")])
def test_a_link_that_asks_for_too_much_is_told_so(open_page, name, value):
    app = open_page("home", **{name: value})
    (warning,) = app.warning
    assert f"**{name}" in warning.value
    assert app.session_state["home.z"] == hero.START
