"""The cross-entropy page in a real browser: faders that keep their sum, and numbers that agree with Python's."""

import random

import numpy as np
import pytest
from scipy.special import rel_entr, softmax
from scipy.stats import entropy

from explorer.components import assets
from explorer.notation import number

FIRST = [1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3]
SMOOTHED = [0.02 + 0.8 * (k == 3) for k in range(10)]


def shares_js(tab, app_url, function, cases):
    """Call an exported function of shares.js on each case."""
    tab.goto(f"{app_url}/_stcore/health")
    module = f"{app_url}/{assets.route('distribution_board/shares.js')}"
    script = "async ([url, name, cases]) => { const f = (await import(url))[name]; return cases.map((c) => f(...c)); }"
    return tab.evaluate(script, [module, function, cases])


def test_shares_are_whole_units_that_sum_to_1_and_none_vanishes(tab, app_url):
    draw = random.Random(0)
    weights = [[draw.random() ** 8 * draw.choice([0, 1, 1, 1]) for _ in range(10)] for _ in range(200)]
    weights += [[1.0] + [1e-9] * 9, [1 / 3] * 3, [0, 0, 1], [0.8200] + [0.02] * 9]
    weights = [row for row in weights if sum(row) > 0]
    for row, counts in zip(weights, shares_js(tab, app_url, "apportion", [[row] for row in weights]), strict=True):
        assert sum(counts) == 10_000
        assert all((count > 0) == (weight > 0) for weight, count in zip(row, counts, strict=True))
        exact = 10_000 * np.array(row) / sum(row)
        assert np.abs(exact - counts).max() < 1 + sum(exact < 1)


def test_a_fader_takes_from_the_others_in_proportion(tab, app_url):
    cases = [[[0.5, 0.3, 0.2], 0, 0.75], [[1, 0, 0], 0, 0.5], [[0.5, 0.3, 0.2], 1, 1], [[0.2, 0.8, 0], 1, 0.4]]
    expected = [[0.75, 0.15, 0.1], [0.5, 0.25, 0.25], [0, 1, 0], [0.6, 0.4, 0]]
    for found, shares in zip(shares_js(tab, app_url, "pour", cases), expected, strict=True):
        assert found == pytest.approx(shares, abs=1e-9)


def bar_texts(tab):
    return tab.locator(".xdb-chart > .xb-number").all_inner_texts()


def numbers_of(p, q):
    p, q = np.array(p), np.array(q)
    middle = (p + q) / 2
    forward, reverse = rel_entr(p, q).sum(), rel_entr(q, p).sum()
    symmetric = (rel_entr(p, middle).sum() + rel_entr(q, middle).sum()) / 2
    return [
        number(entropy(p) + forward),
        f"{number(entropy(p))} + {number(forward)}",
        number(reverse),
        number(symmetric),
    ]


def test_the_bars_say_what_scipy_says(visit):
    tab = visit("/cross-entropy")
    tab.wait_for_selector(".xdb-chart")
    assert bar_texts(tab) == numbers_of(SMOOTHED, softmax(FIRST))


def test_the_upper_bars_are_equally_long(visit):
    for query in ("", "?target=hand&guess=hand&q=0,0.1,0,0.2,0.3,0.1,0.3,0,0,0", "?unit=bits"):
        tab = visit(f"/cross-entropy{query}")
        tab.wait_for_selector(".xdb-chart")
        right = "(name) => document.querySelector(`.xdb-track .xdb-${name}`).getBoundingClientRect().right"
        assert tab.evaluate(right, "cross_entropy") == pytest.approx(tab.evaluate(right, "divergence"), abs=0.5)


def test_a_dragged_share_keeps_the_sum_and_moves_everything_before_the_release(visit):
    tab = visit("/cross-entropy")
    fader = tab.locator(".xdb-row .xdb-p input[type=range]").nth(3)
    box = fader.bounding_box()
    y = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + 9 + 0.82 * (box["width"] - 18), y)
    tab.mouse.down()
    before = bar_texts(tab)
    tab.mouse.move(box["x"] + 9 + 0.4 * (box["width"] - 18), y, steps=10)
    tab.wait_for_function("(old) => document.querySelector('.xdb-chart > .xb-number').innerText !== old", arg=before[0])
    shares = [float(f.input_value()) for f in tab.locator(".xdb-row .xdb-p input.xb-field").all()]
    assert sum(shares) == pytest.approx(1, abs=1e-9) and shares[3] == pytest.approx(0.4, abs=0.03)
    assert bar_texts(tab) == numbers_of(shares, softmax(FIRST))
    assert "p=" not in tab.url
    tab.mouse.up()
    tab.wait_for_url("**target=hand**")
    told = number(entropy(shares))
    tab.wait_for_function(
        "(told) => document.querySelector('[data-testid=stCaptionContainer]').innerText.includes(told)", arg=told
    )


def test_a_fader_at_the_end_and_back_gives_the_others_what_they_had(visit):
    tab = visit("/cross-entropy?part=simplex")
    fader = tab.locator(".xdb-row .xdb-p input[type=range]").nth(0)
    fader.focus()
    tab.keyboard.press("End")
    tab.keyboard.press("Home")
    fields = tab.locator(".xdb-row .xdb-p input.xb-field")
    tab.wait_for_function("() => document.querySelector('.xdb-row .xdb-p input.xb-field').value === '0.0'")
    assert [float(field.input_value()) for field in fields.all()] == [0, 0.75, 0.25]


def test_the_keyboard_alone_makes_the_cross_entropy_infinite(visit):
    tab = visit("/cross-entropy")
    tab.locator(".xdb-choice input[value=logits]").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url("**guess=hand**")
    tab.locator(".xdb-row .xdb-q input[type=range]").nth(3).focus()
    tab.keyboard.press("Home")
    tab.wait_for_function("() => document.querySelector('.xdb-chart > .xb-number').innerText === '∞'")
    assert "cat" in tab.locator(".xdb-notes").inner_text()
    tab.wait_for_function("() => document.querySelector('[data-testid=stCaptionContainer]').innerText.includes('= ∞')")


def test_switching_to_faders_by_hand_makes_nothing_impossible(visit):
    tab = visit(f"/cross-entropy?z={','.join(['20'] + ['0'] * 9)}&y=0")
    tab.locator(".xdb-choice label", has_text="By hand").nth(1).click()
    tab.wait_for_url("**guess=hand**")
    assert "∞" not in bar_texts(tab)[0]


def test_the_point_in_the_simplex_moves_with_the_fader(visit):
    tab = visit("/cross-entropy?part=simplex")
    tab.wait_for_selector(".xf-follower")
    place = "() => document.querySelector('.xf-follower').getAttribute('transform')"
    before = tab.evaluate(place)
    fader = tab.locator(".xdb-row .xdb-z input[type=range]").nth(0)
    drawn = tab.locator(".xf").get_attribute("data-drawn")
    fader.evaluate("(node) => { node.value = 5; node.dispatchEvent(new Event('input')); }")
    tab.wait_for_function(f"(before) => ({place})() !== before", arg=before)
    assert tab.locator(".xf").get_attribute("data-drawn") == drawn  # no new figure: the point alone has moved
